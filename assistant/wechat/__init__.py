"""WeChat's official accounts and WeCom's applications: their calls, and what is replied."""
