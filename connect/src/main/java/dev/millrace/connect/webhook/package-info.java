/** Sinks that post to a web server. */
@NullMarked
package dev.millrace.connect.webhook;

import org.jspecify.annotations.NullMarked;
