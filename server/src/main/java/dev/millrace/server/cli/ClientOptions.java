package dev.millrace.server.cli;

import dev.millrace.server.client.MillraceClient;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

import java.net.URI;

/** What every command takes that speaks to a server. */
final class ClientOptions {
    @Option(
            names = "--server",
            paramLabel = "URL",
            defaultValue = "http://127.0.0.1:8080",
            description = "The server (default: ${DEFAULT-VALUE}).")
    URI server = URI.create("http://127.0.0.1:8080");

    @Option(
            names = "--key",
            paramLabel = "KEY",
            description =
                    "API key; better in MILLRACE_KEY or in a file that MILLRACE_KEY_FILE names.")
    @Nullable String key;

    MillraceClient connect() {
        return new MillraceClient(server, key);
    }
}
