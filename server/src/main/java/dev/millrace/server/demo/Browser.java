package dev.millrace.server.demo;

import java.util.random.RandomGenerator;

/** What people browse with, by how common it is. */
enum Browser {
    CHROME_ANDROID(
            29,
            "mobile",
            1.7,
            "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/%d.0.0.0 Mobile Safari/537.36"),
    CHROME_WINDOWS(
            25,
            "desktop",
            1.0,
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/%d.0.0.0 Safari/537.36"),
    SAFARI_IPHONE(
            20,
            "mobile",
            1.4,
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1"),
    CHROME_MAC(
            8,
            "desktop",
            0.9,
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/%d.0.0.0 Safari/537.36"),
    EDGE_WINDOWS(
            6,
            "desktop",
            1.0,
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/%1$d.0.0.0 Safari/537.36 Edg/%1$d.0.0.0"),
    SAFARI_MAC(
            5,
            "desktop",
            0.8,
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15"),
    FIREFOX_LINUX(
            4,
            "desktop",
            1.0,
            "Mozilla/5.0 (X11; Linux x86_64; rv:%1$d.0) Gecko/20100101 Firefox/%1$d.0"),
    SAFARI_IPAD(
            3,
            "tablet",
            1.3,
            "Mozilla/5.0 (iPad; CPU OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1");

    private static final int VERSION_MIN = 134;
    private static final int VERSION_MAX = 142;

    private final int commonness;
    private final String device;
    private final double slowness;
    private final String pattern;

    Browser(int commonness, String device, double slowness, String pattern) {
        this.commonness = commonness;
        this.device = device;
        this.slowness = slowness;
        this.pattern = pattern;
    }

    static Browser draw(RandomGenerator random) {
        int sum = 0;
        for (Browser browser : values()) {
            sum += browser.commonness;
        }
        int at = random.nextInt(sum);
        for (Browser browser : values()) {
            at -= browser.commonness;
            if (at < 0) {
                return browser;
            }
        }
        throw new IllegalStateException("drew beyond the sum " + sum);
    }

    String device() {
        return device;
    }

    /** How many times longer pages take to load than on a desktop. */
    double slowness() {
        return slowness;
    }

    /** The user agent of one of its versions. */
    String userAgent(RandomGenerator random) {
        return pattern.formatted(random.nextInt(VERSION_MIN, VERSION_MAX + 1));
    }
}
