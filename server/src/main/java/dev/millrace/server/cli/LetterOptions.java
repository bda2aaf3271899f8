package dev.millrace.server.cli;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

import java.util.LinkedHashMap;
import java.util.Map;

/** Which dead letters are meant. */
final class LetterOptions {
    @Option(
            names = "--kind",
            paramLabel = "KIND",
            description = "invalid, future, stage, late or sink.")
    @Nullable String kind;

    @Option(
            names = "--stage",
            paramLabel = "NAME",
            description = "The stage, aggregate or sink that failed.")
    @Nullable String stage;

    @Option(
            names = "--fingerprint",
            paramLabel = "HEX",
            description = "The cause, as `millrace dead-letters summary` lists it.")
    @Nullable String fingerprint;

    @Option(
            names = "--source",
            paramLabel = "S",
            description = "The source of the events; \"\" for events whose source cannot be read.")
    @Nullable String source;

    /** The parts that are given, by the names that the API has for them. */
    Map<String, String> given() {
        Map<String, String> given = new LinkedHashMap<>();
        put(given, "kind", kind);
        put(given, "stage", stage);
        put(given, "fingerprint", fingerprint);
        put(given, "source", source);
        return given;
    }

    private static void put(Map<String, String> given, String name, @Nullable String value) {
        if (value != null) {
            given.put(name, value);
        }
    }
}
