package dev.millrace.connect.redis;

import dev.millrace.connect.lookup.Environment;
import dev.millrace.connect.lookup.UnusableSourceException;

import io.lettuce.core.RedisURI;

/**
 * Where a Redis is.
 *
 * @param uri holds secrets
 * @param name host and port, without secrets
 */
record RedisAddress(RedisURI uri, String name) {
    /** For messages. */
    static final String EXPECTED = "a URL like redis://user:password@host:6379/0";

    /**
     * Reads {@code redis://}, {@code rediss://} and {@code redis-sentinel://…#master}.
     *
     * @throws UnusableSourceException if it is none, or a variable is not set
     */
    static RedisAddress parse(String url, Environment environment) throws UnusableSourceException {
        String filled = environment.fill(url);
        try {
            RedisURI uri = RedisURI.create(filled);
            if (!uri.getSentinels().isEmpty()) {
                return new RedisAddress(uri, "Redis " + uri.getSentinelMasterId());
            }
            if (uri.getHost() == null || uri.getHost().isEmpty()) {
                throw unreadable();
            }
            return new RedisAddress(uri, "Redis at %s:%d".formatted(uri.getHost(), uri.getPort()));
        } catch (IllegalArgumentException e) {
            throw unreadable();
        }
    }

    /** Without the URL, which holds secrets. */
    private static UnusableSourceException unreadable() {
        return new UnusableSourceException(
                "the URL of the Redis cannot be read; write " + EXPECTED);
    }
}
