"""Writes the Grafana dashboards: one module a dashboard, elements.py for what their panels have in common."""
