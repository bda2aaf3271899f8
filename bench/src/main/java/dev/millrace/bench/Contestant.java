package dev.millrace.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One program of a row.
 *
 * @param name as it stands in the table; unique in its row
 * @param main its class, started in a process of its own with {@code spec} as arguments
 */
record Contestant(String name, Class<?> main, Spec spec) {
    /**
     * How it is started.
     *
     * @param folder for all that it writes
     */
    List<String> command(Path folder) {
        List<String> command = new ArrayList<>(JavaCommand.ofContestant());
        command.add("-Djava.io.tmpdir=" + folder);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(spec.arguments());
        return command;
    }
}
