#!/usr/bin/env bash
# pandera 0.35.0: a schema saved as YAML forgets which categories a column allows, and their order.
#
# Seen 2026-12-01. A column of pd.CategoricalDtype(["not met", "met"], ordered=True) with coerce=True
# refuses "banana". to_yaml writes its type as "category", so the schema that from_yaml gives back
# takes any text, turns it into a category of its own and has no order: "met" is no longer above "not
# met", and max() raises. No warning is given, though a custom check that cannot be written is said to
# be left out. The documentation of the YAML format names no limit for categories.
# Why it matters here: answers of a maturity model are ordered categories, and YAML is how such
# schemas are handed over.
# The product's scales live in the framework file and every contract is made from it on each run;
# no schema is read from YAML: remi/framework/load.py; tests/framework/test_framework_file.py.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
    "pandera[io]==0.35.0" pandas==3.1.1 numpy==2.4.6
cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import warnings
from importlib.metadata import version

import pandas as pd
import pandera.pandas as pa


def answer(schema: pa.DataFrameSchema, *words: str) -> str:
    try:
        column = schema.validate(pd.DataFrame({"answer": words}), lazy=True)["answer"]
    except pa.errors.SchemaErrors:
        return "refused"
    return f"taken, ordered: {column.cat.ordered}, categories: {list(column.cat.categories)}"


scale = pd.CategoricalDtype(["not met", "met"], ordered=True)
written = pa.DataFrameSchema({"answer": pa.Column(scale, coerce=True)})
with warnings.catch_warnings(record=True) as warned:
    warnings.simplefilter("always")
    saved = written.to_yaml()
    read = pa.DataFrameSchema.from_yaml(saved)
about = [str(one.message) for one in warned if "categor" in str(one.message).lower()]
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    seen = (answer(written, "met", "banana"), answer(read, "met", "banana"), answer(read, "met"))
print({name: version(name) for name in ("pandera", "pandas")})
print("the saved column:", [line.strip() for line in saved.splitlines() if "dtype" in line])
print("'banana' by the schema as written:", seen[0])
print("'banana' by the schema as read:   ", seen[1])
print("warnings about categories:", about)
assert seen[0] == "refused"
assert seen[1].startswith("taken, ordered: False"), "categories are kept now"
assert not about
PYTHON
