// Runs before everything else: the interface speaks Chinese, whatever the browser's language is.
Object.defineProperty(navigator, "language", { get: () => "zh-CN", configurable: true });
Object.defineProperty(navigator, "languages", { get: () => ["zh-CN", "zh"], configurable: true });
