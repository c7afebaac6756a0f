"""What if: scenarios tried on a copy of the answers; their words, tables, charts, and the way into corrective actions."""
