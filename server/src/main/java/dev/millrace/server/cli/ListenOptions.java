package dev.millrace.server.cli;

import dev.millrace.server.ServerOptions;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Where a server listens. */
final class ListenOptions {
    @Option(
            names = "--host",
            paramLabel = "ADDRESS",
            defaultValue = ServerOptions.DEFAULT_HOST,
            description = "The address to listen on (default: ${DEFAULT-VALUE}).")
    String host = ServerOptions.DEFAULT_HOST;

    @Option(
            names = "--port",
            paramLabel = "N",
            converter = PortConverter.class,
            defaultValue = "" + ServerOptions.DEFAULT_PORT,
            description = "The port to listen on; 0: any that is free (default: ${DEFAULT-VALUE}).")
    int port = ServerOptions.DEFAULT_PORT;

    private static final class PortConverter implements ITypeConverter<Integer> {
        private static final int PORT_MAX = 65_535;

        @Override
        public Integer convert(String value) {
            if (!value.matches("[0-9]{1,5}") || Integer.parseInt(value) > PORT_MAX) {
                throw new TypeConversionException(
                        "must be 0 to %d, not \"%s\"".formatted(PORT_MAX, value));
            }
            return Integer.valueOf(value);
        }
    }
}
