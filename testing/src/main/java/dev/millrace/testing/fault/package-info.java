/**
 * Faults, and what must hold in spite of them. A {@link dev.millrace.testing.fault.FaultRun} drives
 * a real server in a process of its own, round by round: starts it, sends events from several
 * clients, does it an {@link dev.millrace.testing.fault.Injury}, and holds what the server then
 * shows against the {@link dev.millrace.testing.fault.Book} that the clients kept.
 *
 * <p>Faults are made by ordinary Linux means: signals, {@code strace}, {@code libfaketime}, a
 * loop-mounted file system; {@link dev.millrace.testing.fault.FaultTool} lists them.
 */
@NullMarked
package dev.millrace.testing.fault;

import org.jspecify.annotations.NullMarked;
