package dev.millrace.connect;

import dev.millrace.connect.lookup.Environment;

import java.nio.file.Path;
import java.util.List;

/**
 * What other systems may use of their host.
 *
 * @param tableFolders where tables lie that are named by a relative name, in the order in which
 *     they are searched
 * @param files the folder below which sinks write files
 * @param environment what {@code ${NAME}} stands for
 */
public record ConnectOptions(List<Path> tableFolders, Path files, Environment environment) {
    public ConnectOptions {
        tableFolders = List.copyOf(tableFolders);
    }
}
