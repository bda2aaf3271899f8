/** A network that falls ill on demand, in front of real servers. Loopback alone. */
@NullMarked
package dev.millrace.testing.net;

import org.jspecify.annotations.NullMarked;
