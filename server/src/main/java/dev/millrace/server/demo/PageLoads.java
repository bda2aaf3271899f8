package dev.millrace.server.demo;

import java.util.random.RandomGenerator;

/** How pages load: status, size and time. */
final class PageLoads {
    private static final double LOAD_SIGMA = 0.55;
    private static final double BUSY_SLOWNESS = 1.8;
    private static final double PAGE_BYTES_MEDIAN = 28_000;
    private static final double PAGE_BYTES_SIGMA = 0.7;
    private static final int ERROR_BYTES = 1_200;

    private final RandomGenerator random;

    PageLoads(RandomGenerator random) {
        this.random = random;
    }

    /** Mostly 200; a busy server fails more often. */
    int status(boolean busy) {
        double at = random.nextDouble();
        if (at < (busy ? 0.03 : 0.004)) {
            return busy ? 503 : 500;
        }
        if (at < 0.045) {
            return 404;
        }
        return at < 0.075 ? 304 : 200;
    }

    /** The bytes of an answer; log-normal for a page. */
    long bytes(int status) {
        return switch (status) {
            case 304 -> 0;
            case 200 -> Math.round(logNormal(PAGE_BYTES_MEDIAN, PAGE_BYTES_SIGMA));
            default -> ERROR_BYTES;
        };
    }

    /** The time until a page has loaded; log-normal. */
    long loadMs(Site site, Visitor visitor, boolean busy) {
        double median = site.loadMs() * visitor.slowness() * (busy ? BUSY_SLOWNESS : 1);
        return Math.max(1, Math.round(logNormal(median, LOAD_SIGMA)));
    }

    private double logNormal(double median, double sigma) {
        return median * Math.exp(sigma * random.nextGaussian());
    }
}
