package dev.millrace.connect.http;

import dev.millrace.connect.lookup.Environment;
import dev.millrace.connect.lookup.UnusableSourceException;

import java.net.http.HttpRequest;
import java.util.HashMap;
import java.util.Map;

/** Headers of requests, as definitions give them. */
public final class Headers {
    private Headers() {}

    /**
     * Puts the variables into their values.
     *
     * @throws UnusableSourceException if a variable is not set, or a header cannot be sent; without
     *     its value, which may be a secret
     */
    public static Map<String, String> fill(Map<String, String> headers, Environment environment)
            throws UnusableSourceException {
        Map<String, String> filled = new HashMap<>();
        for (Map.Entry<String, String> header : headers.entrySet()) {
            String value = environment.fill(header.getValue());
            requireSendable(header.getKey(), value);
            filled.put(header.getKey(), value);
        }
        return Map.copyOf(filled);
    }

    private static void requireSendable(String name, String value) throws UnusableSourceException {
        try {
            HttpRequest.Builder _ = HttpRequest.newBuilder().header(name, value);
        } catch (IllegalArgumentException e) {
            // Without the cause, which holds the value.
            throw new UnusableSourceException(
                    "the header '%s' cannot be sent; leave it out, or mend its name or value"
                            .formatted(name));
        }
    }
}
