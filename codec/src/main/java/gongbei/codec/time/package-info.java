/** Reads times and dates as RFC 3339 writes them, in one place for every file and interface. */
package gongbei.codec.time;
