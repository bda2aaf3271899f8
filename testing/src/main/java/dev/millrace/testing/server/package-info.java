/**
 * A real server in a process of its own, and its HTTP API as any client sees it. Knows the server
 * by the command line alone that it is given.
 */
@NullMarked
package dev.millrace.testing.server;

import org.jspecify.annotations.NullMarked;
