/**
 * The feed of applied commands: recorded by every member, followed by replicas. Knows the state
 * machine, snapshots and recordings, and nothing of the cluster that orders the commands. Start
 * reading at {@link gongbei.replication.feed.FeedPublisher} on a member, at {@link
 * gongbei.replication.feed.FeedFollower} on a replica.
 */
package gongbei.replication.feed;
