package dev.millrace.testing.server;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How a server is started: {@code wrapper java jvmOptions program --data DIR}.
 *
 * @param wrapper a program that runs the server in its own place, such as strace; empty for none
 * @param program the class path, the main class and its arguments, but for {@code --data}
 * @param environment what is added to that of this process
 */
public record ServerCommand(
        List<String> wrapper,
        List<String> jvmOptions,
        List<String> program,
        Map<String, String> environment) {
    public ServerCommand {
        wrapper = List.copyOf(wrapper);
        jvmOptions = List.copyOf(jvmOptions);
        program = List.copyOf(program);
        environment = Map.copyOf(environment);
    }

    /**
     * Of this JVM's class path, as the launcher starts it but with a small heap, on a port of the
     * system's choice.
     */
    public static ServerCommand serve(String mainClass) {
        return new ServerCommand(
                List.of(),
                List.of(
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-XX:+UseCompactObjectHeaders",
                        "-Xmx512m"),
                List.of(
                        "-cp",
                        System.getProperty("java.class.path"),
                        mainClass,
                        "serve",
                        "--port",
                        "0"),
                Map.of());
    }

    public ServerCommand wrappedBy(List<String> command) {
        return new ServerCommand(command, jvmOptions, program, environment);
    }

    public ServerCommand with(String jvmOption) {
        List<String> more = new ArrayList<>(jvmOptions);
        more.add(jvmOption);
        return new ServerCommand(wrapper, more, program, environment);
    }

    public ServerCommand with(Map<String, String> variables) {
        Map<String, String> more = new HashMap<>(environment);
        more.putAll(variables);
        return new ServerCommand(wrapper, jvmOptions, program, more);
    }

    /** Not started yet. Sees none of the settings that are meant for other servers. */
    ProcessBuilder on(Path data) {
        List<String> line = new ArrayList<>(wrapper);
        line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        line.addAll(jvmOptions);
        line.addAll(program);
        line.addAll(List.of("--data", data.toString()));
        ProcessBuilder builder = new ProcessBuilder(line).redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith("MILLRACE_"));
        builder.environment().putAll(environment);
        return builder;
    }
}
