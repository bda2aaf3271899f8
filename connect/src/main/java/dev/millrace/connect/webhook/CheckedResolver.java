package dev.millrace.connect.webhook;

import dev.millrace.connect.webhook.PublicAddresses.NotPublicException;

import org.apache.hc.client5.http.DnsResolver;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Resolves names to addresses of the public internet alone, unless a name is allowed. The client
 * connects to what this returns and asks nobody else, so a name that leads elsewhere the next
 * moment (DNS rebinding) leads nowhere. An address that is written as a number comes through here
 * too, in whatever notation.
 */
final class CheckedResolver implements DnsResolver {
    private final DnsResolver names;
    private final Set<String> allowed;

    /**
     * @param names whom to ask
     * @param allowed names, or addresses as they stand in the URL, that may lead anywhere
     */
    CheckedResolver(DnsResolver names, Stream<String> allowed) {
        this.names = names;
        this.allowed = allowed.map(CheckedResolver::plain).collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public InetAddress[] resolve(String host) throws UnknownHostException {
        InetAddress[] found = names.resolve(host);
        if (allowed.contains(plain(host))) {
            return found;
        }
        InetAddress[] open =
                Arrays.stream(found).filter(PublicAddresses::contains).toArray(InetAddress[]::new);
        if (open.length == 0) {
            throw new NotPublicException(
                    "%s leads to %s, which is not on the public internet; if that is meant, name the host under allow"
                            .formatted(host, PublicAddresses.text(found)));
        }
        return open;
    }

    @Override
    public String resolveCanonicalHostname(String host) throws UnknownHostException {
        return names.resolveCanonicalHostname(host);
    }

    private static String plain(String host) {
        String lower = host.toLowerCase(Locale.ROOT);
        String bare =
                lower.startsWith("[") && lower.endsWith("]")
                        ? lower.substring(1, lower.length() - 1)
                        : lower;
        return bare.endsWith(".") ? bare.substring(0, bare.length() - 1) : bare;
    }
}
