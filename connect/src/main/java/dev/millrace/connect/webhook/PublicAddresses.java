package dev.millrace.connect.webhook;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;

/**
 * Which addresses are of the public internet: those that the IANA's registries of special-purpose
 * addresses (RFC 6890) do not set aside. Not public are this host, loopback, private networks,
 * link-local (where clouds answer with credentials), unique-local, carrier-grade NAT, multicast,
 * documentation, benchmarks and reserved ones, and the two metadata addresses that clouds have
 * elsewhere. An IPv6 address that carries an IPv4 address is as public as that.
 */
final class PublicAddresses {
    /** Byte of an IPv6 address at which the IPv4 address stands that it carries. */
    private record Carrier(Range range, int offset) {}

    /** Addresses whose first bits are given. */
    private record Range(byte[] prefix, int bits) {
        static Range of(String text) {
            String[] parts = text.split("/");
            try {
                return new Range(
                        InetAddress.ofLiteral(parts[0]).getAddress(), Integer.parseInt(parts[1]));
            } catch (IllegalArgumentException e) {
                throw new IllegalStateException(text, e);
            }
        }

        boolean contains(byte[] address) {
            if (address.length != prefix.length) {
                return false;
            }
            for (int bit = 0; bit < bits; bit++) {
                int mask = 0x80 >> (bit % 8);
                if (((address[bit / 8] ^ prefix[bit / 8]) & mask) != 0) {
                    return false;
                }
            }
            return true;
        }
    }

    private static final List<Range> SET_ASIDE =
            ranges(
                    "0.0.0.0/8",
                    "10.0.0.0/8",
                    "100.64.0.0/10",
                    "127.0.0.0/8",
                    "169.254.0.0/16",
                    "172.16.0.0/12",
                    "192.0.0.0/24",
                    "192.0.2.0/24",
                    "192.88.99.0/24",
                    "192.168.0.0/16",
                    "198.18.0.0/15",
                    "198.51.100.0/24",
                    "203.0.113.0/24",
                    "224.0.0.0/4",
                    "240.0.0.0/4",
                    // The platform channel of one cloud; that of another is in 100.64.0.0/10.
                    "168.63.129.16/32",
                    "::/127",
                    "64:ff9b:1::/48",
                    "100::/64",
                    "2001::/23",
                    "2001:db8::/32",
                    "3fff::/20",
                    "5f00::/16",
                    "fc00::/7",
                    "fe80::/10",
                    "fec0::/10",
                    "ff00::/8");

    private static final List<Carrier> CARRIERS =
            List.of(
                    new Carrier(Range.of("::/96"), 12),
                    // Java makes an IPv4 address of a mapped one; here too, as it costs nothing.
                    new Carrier(new Range(mapped(), 96), 12),
                    new Carrier(Range.of("64:ff9b::/96"), 12),
                    new Carrier(Range.of("2002::/16"), 2));

    private PublicAddresses() {}

    private static List<Range> ranges(String... texts) {
        return Arrays.stream(texts).map(Range::of).toList();
    }

    private static byte[] mapped() {
        byte[] prefix = new byte[16];
        prefix[10] = (byte) 0xff;
        prefix[11] = (byte) 0xff;
        return prefix;
    }

    static boolean contains(InetAddress address) {
        return switch (address) {
            case Inet4Address _ -> isOpen(address.getAddress());
            case Inet6Address _ -> isOpen(address.getAddress());
            default -> false;
        };
    }

    /**
     * @param address its 4 or 16 bytes
     */
    static boolean isOpen(byte[] address) {
        if (SET_ASIDE.stream().anyMatch(range -> range.contains(address))) {
            return false;
        }
        for (Carrier carrier : CARRIERS) {
            if (carrier.range.contains(address)) {
                return isOpen(Arrays.copyOfRange(address, carrier.offset, carrier.offset + 4));
            }
        }
        return true;
    }

    /** For messages. */
    static String text(InetAddress[] addresses) {
        return String.join(
                ", ", Arrays.stream(addresses).map(InetAddress::getHostAddress).limit(3).toList());
    }

    /** A name leads to none but addresses that may not be connected to. */
    static final class NotPublicException extends UnknownHostException {
        private static final long serialVersionUID = 1L;

        NotPublicException(String message) {
            super(message);
        }
    }
}
