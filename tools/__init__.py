"""What ``./run`` needs beside the product: the environment, the browser, the checks. Never imported by the product."""
