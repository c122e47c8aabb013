"""Seals secret.yaml with kubeseal-auto to secret.yaml's name, and merges more.yaml into that, without its questions."""

from pathlib import Path

from kubeseal_auto.core.kubeseal import Kubeseal
from kubeseal_auto.models import SecretParams, SecretType

with Kubeseal(select_context=False, certificate="cert.pem") as kubeseal:
    draft = kubeseal._temp_file_path
    draft.write_bytes(Path("secret.yaml").read_bytes())
    kubeseal.seal(SecretParams(name="database", namespace="shop", secret_type=SecretType.GENERIC))
    draft.write_bytes(Path("more.yaml").read_bytes())
    kubeseal.merge("database.yaml")
