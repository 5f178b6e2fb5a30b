"""Only for Scrapyd, whose client builds an egg by `setup.py bdist_egg`. Everything else is built from pyproject.toml.

Without this file `scrapyd-deploy` would write one of its own, which packs the tests and leaves out our data files.
Scrapyd does not unpack the egg, so code that runs in a crawl reads its data files by `importlib.resources`.
The client needs a setuptools that can read our pyproject.toml and still has pkg_resources: requirements/scrapyd.txt.
"""

from setuptools import find_packages, setup

setup(
    packages=find_packages(include=["crawler", "crawler.*", "spiders", "spiders.*", "archives", "archives.*"]),
    package_data={"": ["*", "**/*"]},
    exclude_package_data={"": ["__pycache__/*", "*.pyc"]},
    zip_safe=True,
)
