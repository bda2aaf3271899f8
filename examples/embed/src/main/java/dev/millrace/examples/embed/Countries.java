package dev.millrace.examples.embed;

import java.util.Map;

/** Where addresses are from: a stand-in for a real database. */
final class Countries {
    private static final Map<String, String> BY_NETWORK =
            Map.of("192.0.2", "de", "198.51.100", "fr", "203.0.113", "pl");

    /**
     * @throws IllegalArgumentException if it is no address that is known; the event becomes a dead
     *     letter then, and can be replayed once it is
     */
    String of(String ip) {
        String country = BY_NETWORK.get(ip.replaceFirst("[.][0-9]+$", ""));
        if (country == null) {
            throw new IllegalArgumentException("no country is known for " + ip);
        }
        return country;
    }
}
