/**
 * Reads times and dates as RFC 3339 writes them, in one place for every file and interface. Knows
 * no other package. Start with {@link gongbei.codec.time.Rfc3339}.
 */
package gongbei.codec.time;
