"""Draws the dashboards from what a Prometheus answers, where there is no Grafana: grafana.py does with a dashboard what
Grafana would, sheet.py draws."""
