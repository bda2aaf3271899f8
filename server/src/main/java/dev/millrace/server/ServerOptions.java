package dev.millrace.server;

import dev.millrace.engine.EngineOptions;
import dev.millrace.server.http.HttpLimits;

import java.nio.file.Path;
import java.util.Optional;

/**
 * How a server is started.
 *
 * @param host the address to listen on
 * @param port the port to listen on; 0: the system chooses one
 * @param data the folder of the database; made if it is not there
 * @param pipelines a folder of definitions ({@code .yaml}, {@code .yml}, {@code .json}) that are
 *     put at every start
 * @param plugins a folder of jars with handlers
 * @param files below which sinks write files; empty: {@code files} in the data folder
 */
public record ServerOptions(
        String host,
        int port,
        Path data,
        Optional<Path> pipelines,
        Optional<Path> plugins,
        Optional<Path> files,
        HttpLimits http,
        EngineOptions engine) {
    public static final String DEFAULT_HOST = "127.0.0.1";
    public static final int DEFAULT_PORT = 8080;

    public ServerOptions {
        if (host.isBlank()) {
            throw new IllegalArgumentException("host must not be empty");
        }
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("port must be 0 to 65535, not " + port);
        }
    }

    /** With the default limits and without plug-ins. */
    public static ServerOptions of(String host, int port, Path data, Optional<Path> pipelines) {
        return new ServerOptions(
                host,
                port,
                data,
                pipelines,
                Optional.empty(),
                Optional.empty(),
                HttpLimits.defaults(),
                EngineOptions.defaults());
    }

    /** The same with another folder of plug-ins. */
    public ServerOptions withPlugins(Optional<Path> folder) {
        return new ServerOptions(host, port, data, pipelines, folder, files, http, engine);
    }

    /** The same with another folder for files of sinks. */
    public ServerOptions withFiles(Optional<Path> folder) {
        return new ServerOptions(host, port, data, pipelines, plugins, folder, http, engine);
    }

    /** The same with another engine's settings. */
    public ServerOptions withEngine(EngineOptions options) {
        return new ServerOptions(host, port, data, pipelines, plugins, files, http, options);
    }
}
