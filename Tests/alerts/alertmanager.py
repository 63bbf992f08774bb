"""A real Alertmanager with the committed routes and inhibition rules, and a receiver that keeps what it is told."""

import http.server
import json
import shutil
import threading
import urllib.request

import yaml

from conftest import DEPLOY
from programs import DEADLINE, Running, wait_for


class Receiver:
    """A webhook: `notifications` in the order in which they came, as Alertmanager writes them."""

    def __init__(self):
        self.notifications = notifications = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):  # noqa: N802 (the name that http.server calls)
                notifications.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def groups(self, status="firing"):
        """The labels of each group that was told of with that status, once each."""
        return {tuple(sorted(told["groupLabels"].items())) for told in list(self.notifications) if told["status"] == status}

    def stop(self):
        self.server.shutdown()


class Alertmanager(Running):
    """An Alertmanager on an ephemeral loopback port, with the committed file but for receivers and times to wait."""

    def __init__(self, folder, receiver=None):
        configuration = yaml.safe_load((DEPLOY / "prometheus" / "alertmanager.yaml").read_text())
        for route in [configuration["route"], *configuration["route"]["routes"]]:
            route.update(group_wait="2s", group_interval="1s", repeat_interval="1h")
        if receiver:
            default, = (found for found in configuration["receivers"] if found["name"] == "default")
            default["webhook_configs"] = [{"url": receiver.url, "send_resolved": True}]
        file = folder / "alertmanager.yml"
        file.write_text(json.dumps(configuration))
        super().__init__([
            shutil.which("prometheus-alertmanager"), f"--config.file={file}", f"--storage.path={folder}/alertmanager",
            "--web.listen-address=127.0.0.1:0", "--cluster.listen-address="])
        self.address = wait_for(lambda: self.find(r"127\.0\.0\.1:[1-9]\d*"), "Alertmanager to listen")[0]

    def _ask(self, path, body=None):
        request = urllib.request.Request(
            f"http://{self.address}/api/v2/{path}", data=json.dumps(body).encode() if body is not None else None,
            headers={"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=DEADLINE) as answer:
            return json.loads(answer.read() or b"null")

    def send(self, *alerts):
        """Alerts by their labels, as Prometheus sends them."""
        self._ask("alerts", [{"labels": labels} for labels in alerts])

    def states(self):
        """{labels of an alert, sorted: whether it is muted}"""
        return {tuple(sorted(alert["labels"].items())): bool(alert["status"]["inhibitedBy"])
                for alert in self._ask("alerts")}

    def groups(self):
        """[(labels of a group, its alerts' labels, those of them that are muted)] of what is to be told somebody."""
        return [(group["labels"], [alert["labels"] for alert in group["alerts"]],
                 [alert["labels"] for alert in group["alerts"] if alert["status"]["inhibitedBy"]])
                for group in self._ask("alerts/groups") if group["receiver"]["name"] != "nobody"]
