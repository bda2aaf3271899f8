package dev.millrace.connect.postgres;

import com.zaxxer.hikari.HikariConfig;

import java.time.Duration;

/** How connections to a database are made and kept, for lookups and sinks alike. */
final class PostgresPool {
    /** The pool's own least. */
    private static final long POOL_TIMEOUT_MS_MIN = 250;

    private PostgresPool() {}

    /**
     * @param connections at most; none is kept open for its own sake
     * @param timeout for a connection
     * @param silence after which a server that says nothing is given up
     */
    static HikariConfig config(
            PostgresAddress address, int connections, Duration timeout, Duration silence) {
        long timeoutMs = Math.max(timeout.toMillis(), POOL_TIMEOUT_MS_MIN);
        String seconds = seconds(timeoutMs);
        HikariConfig config = new HikariConfig();
        config.setPoolName("millrace " + address.name());
        config.setJdbcUrl(address.jdbcUrl());
        address.user().ifPresent(config::setUsername);
        address.password().ifPresent(config::setPassword);
        config.setMaximumPoolSize(connections);
        config.setMinimumIdle(0);
        config.setConnectionTimeout(timeoutMs);
        config.setValidationTimeout(timeoutMs);
        config.addDataSourceProperty("ApplicationName", "millrace");
        config.addDataSourceProperty("connectTimeout", seconds);
        config.addDataSourceProperty("loginTimeout", seconds);
        config.addDataSourceProperty("socketTimeout", seconds(silence.toMillis()));
        return config;
    }

    private static String seconds(long millis) {
        return Long.toString(Math.ceilDiv(millis, 1_000));
    }
}
