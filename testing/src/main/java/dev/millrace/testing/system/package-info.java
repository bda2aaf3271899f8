/**
 * Real servers of other systems, each a process of its own on a loopback port, which can be
 * restarted as after a crash and keep what they have on disk.
 */
@NullMarked
package dev.millrace.testing.system;

import org.jspecify.annotations.NullMarked;
