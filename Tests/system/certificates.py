"""Certificates for one test run, made by openssl: an authority of its own, and what it signs."""

import calendar
import pathlib
import re
import subprocess
import time


def openssl(*arguments, **options):
    done = subprocess.run(
        ["openssl", *map(str, arguments)], stdin=subprocess.DEVNULL, capture_output=True, text=True, **options)
    assert done.returncode == 0, f"openssl {' '.join(map(str, arguments))}:\n{done.stderr}"
    return done.stdout


class Certificate:
    """A certificate and its key, as files."""

    def __init__(self, folder, name):
        self.file = folder / f"{name}.pem"
        self.key = folder / f"{name}.key"

    @property
    def expiry(self):
        """notAfter in seconds since 1970, as openssl reads it."""
        line = openssl("x509", "-in", self.file, "-noout", "-enddate")
        text = re.fullmatch(r"notAfter=(.*) GMT", line.strip())[1]
        return calendar.timegm(time.strptime(text, "%b %d %H:%M:%S %Y"))


class Authority(Certificate):
    """A certificate authority whose files are in a folder of their own."""

    def __init__(self, folder, name="ca"):
        folder = pathlib.Path(folder)
        folder.mkdir(parents=True)
        super().__init__(folder, "ca")
        self.folder = folder
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "3650",
                "-subj", f"/CN={name}", "-addext", "keyUsage=critical,keyCertSign", "-keyout", self.key,
                "-out", self.file)

    def issue(self, name, days=365, addresses=("127.0.0.1",), since=-86_400):
        """Signs a certificate for servers and clients that is valid from `since` (seconds from now) for some days."""
        issued = Certificate(self.folder, name)
        request = self.folder / f"{name}.csr"
        openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", f"/CN={name}",
                "-keyout", issued.key, "-out", request)
        # `openssl ca`, since no other command of OpenSSL 3.0 sets both ends of the time.
        (self.folder / "index.txt").write_text("")
        # The name that Kubernetes' own set-up puts into every API server's certificate.
        names = ",".join(["DNS:localhost", "DNS:kubernetes.default.svc", *(f"IP:{address}" for address in addresses)])
        settings = self.folder / "ca.conf"
        settings.write_text(
            f"[ca]\ndefault_ca=own\n[own]\ndatabase={self.folder}/index.txt\nnew_certs_dir={self.folder}\n"
            f"rand_serial=yes\ndefault_md=sha256\npolicy=any\nx509_extensions=leaf\n[any]\ncommonName=supplied\n"
            f"[leaf]\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=serverAuth,clientAuth\n"
            f"subjectAltName={names}\n")
        begin = time.time() + since
        form = "%Y%m%d%H%M%SZ"
        openssl("ca", "-batch", "-notext", "-config", settings, "-cert", self.file, "-keyfile", self.key,
                "-in", request, "-out", issued.file, "-startdate", time.strftime(form, time.gmtime(begin)),
                "-enddate", time.strftime(form, time.gmtime(begin + days * 86_400)))
        return issued
