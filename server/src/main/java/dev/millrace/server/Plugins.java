package dev.millrace.server;

import dev.millrace.core.MillraceException;
import dev.millrace.core.handler.Handler;
import dev.millrace.core.handler.MissingHandlerException;
import dev.millrace.core.pipeline.Stage;
import dev.millrace.engine.HandlerSource;

import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The handlers of a folder of jars, by the names of their classes. All jars share one class loader,
 * below the server's own. Safe for use by many threads.
 */
final class Plugins implements HandlerSource, AutoCloseable {
    private static final String HOW = "start the server with --plugins and a folder of jar files";

    private final URLClassLoader loader;
    private final Map<String, ServiceLoader.Provider<Handler>> handlers = new TreeMap<>();

    private Plugins(List<URL> jars) {
        this.loader =
                new URLClassLoader(
                        "plugins", jars.toArray(URL[]::new), Plugins.class.getClassLoader());
    }

    /**
     * @param folder absent: there are none
     * @throws MillraceException if the folder or a jar in it cannot be read, or a jar announces a
     *     handler that is none
     */
    static Plugins load(Optional<Path> folder) {
        Plugins plugins = new Plugins(folder.map(Plugins::jars).orElse(List.of()));
        try {
            ServiceLoader.load(Handler.class, plugins.loader).stream()
                    .forEach(one -> plugins.handlers.put(one.type().getName(), one));
        } catch (ServiceConfigurationError broken) {
            plugins.close();
            throw new MillraceException(
                    "A plug-in in %s cannot be loaded: %s"
                            .formatted(
                                    folder.map(Path::toString).orElse("the class path"),
                                    broken.getMessage()),
                    broken);
        }
        return plugins;
    }

    private static List<URL> jars(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".jar"))
                    .sorted()
                    .map(Plugins::url)
                    .toList();
        } catch (IOException unreadable) {
            throw new MillraceException(
                    "The plug-ins in %s cannot be read: %s. Name a folder of jar files with --plugins."
                            .formatted(folder, unreadable),
                    unreadable);
        }
    }

    private static URL url(Path file) {
        try {
            return file.toUri().toURL();
        } catch (MalformedURLException impossible) {
            throw new IllegalStateException("a file has a URL: " + file, impossible);
        }
    }

    @Override
    public Handler handler(String pipeline, Stage.Handle stage) {
        ServiceLoader.Provider<Handler> provider = handlers.get(stage.handler());
        if (provider == null) {
            throw new MissingHandlerException(
                    "there is no plug-in %s; %s"
                            .formatted(
                                    stage.handler(),
                                    handlers.isEmpty()
                                            ? HOW
                                            : "there are " + String.join(", ", handlers.keySet())));
        }
        Handler handler;
        try {
            handler = provider.get();
        } catch (ServiceConfigurationError broken) {
            throw new MissingHandlerException(
                    "the plug-in %s cannot be made: %s"
                            .formatted(stage.handler(), broken.getCause()));
        }
        try {
            handler.configure(stage.config());
        } catch (IllegalArgumentException refused) {
            throw refused;
        } catch (RuntimeException | LinkageError broken) {
            throw new IllegalArgumentException(
                    "the plug-in %s failed over its config: %s".formatted(stage.handler(), broken),
                    broken);
        }
        return handler;
    }

    /** After this, handlers can load no further classes. */
    @Override
    public void close() {
        try {
            loader.close();
        } catch (IOException unclosed) {
            System.getLogger(Plugins.class.getName())
                    .log(System.Logger.Level.WARNING, "a plug-in's jar stays open", unclosed);
        }
    }
}
