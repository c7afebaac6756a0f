"""The plan for a budget around scoring/plan.py: what steps cost where, the case of a node, its sentences, tables, chart."""
