/** Lookups by GET requests, and what requests to the web have in common. */
@NullMarked
package dev.millrace.connect.http;

import org.jspecify.annotations.NullMarked;
