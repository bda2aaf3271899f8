package dev.millrace.connect.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.connect.lookup.Environment;
import dev.millrace.connect.lookup.UnusableSourceException;

import java.net.URI;
import java.net.URLDecoder;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Pattern;

/**
 * Where a database is.
 *
 * @param jdbcUrl may hold secrets
 * @param name host, port and database, without secrets
 */
record PostgresAddress(
        String jdbcUrl, Optional<String> user, Optional<String> password, String name) {
    private static final Pattern PLAIN = Pattern.compile("postgres(?:ql)?://.*");

    /**
     * Reads {@code jdbc:postgresql://host/db?user=…}, or {@code postgresql://user:password@host/db}
     * as other programs write it.
     *
     * @throws UnusableSourceException if it is neither, or a variable is not set
     */
    static PostgresAddress parse(String url, Environment environment)
            throws UnusableSourceException {
        String filled = environment.fill(url);
        if (PLAIN.matcher(filled).matches()) {
            return ofPlain(filled);
        }
        if (!filled.startsWith("jdbc:postgresql:")) {
            throw unreadable();
        }
        return named(filled, Optional.empty(), Optional.empty());
    }

    private static PostgresAddress ofPlain(String url) throws UnusableSourceException {
        URI uri;
        try {
            uri = URI.create(url);
        } catch (IllegalArgumentException e) {
            throw unreadable();
        }
        if (uri.getHost() == null) {
            throw unreadable();
        }
        String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
        String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
        String jdbc = "jdbc:postgresql://" + uri.getHost() + port + uri.getRawPath() + query;
        if (uri.getRawUserInfo() == null) {
            return named(jdbc, Optional.empty(), Optional.empty());
        }
        String[] user = uri.getRawUserInfo().split(":", 2);
        return named(
                jdbc,
                Optional.of(decode(user[0])),
                user.length < 2 ? Optional.empty() : Optional.of(decode(user[1])));
    }

    private static String decode(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), UTF_8);
    }

    private static PostgresAddress named(
            String jdbcUrl, Optional<String> user, Optional<String> password)
            throws UnusableSourceException {
        try {
            Driver driver = DriverManager.getDriver(jdbcUrl);
            Map<String, String> properties = new HashMap<>();
            for (DriverPropertyInfo info : driver.getPropertyInfo(jdbcUrl, new Properties())) {
                properties.put(info.name, String.valueOf(info.value));
            }
            String name =
                    "PostgreSQL at %s:%s"
                            .formatted(properties.get("PGHOST"), properties.get("PGPORT"));
            return new PostgresAddress(jdbcUrl, user, password, name);
        } catch (SQLException e) {
            throw unreadable();
        }
    }

    /** Without the URL, which holds secrets. */
    private static UnusableSourceException unreadable() {
        return new UnusableSourceException(
                "the URL of the database cannot be read; write jdbc:postgresql://host:5432/database?user=name, or postgresql://name@host:5432/database");
    }
}
