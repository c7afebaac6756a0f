"""Corrective actions (是正計画): what is to be done about gaps, and what it brought."""
