/**
 * The test of jcstress for the status map's mark: what a thread reads of version and digest while
 * the applier changes both. It may know the classes of the package whose name it has, which others
 * don't see. Start with {@code VersionMarkStress}.
 */
package gongbei.replication.map;
