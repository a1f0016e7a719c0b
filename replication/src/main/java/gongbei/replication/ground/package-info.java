/**
 * The table of grounds on which colours are changed: what each allows, as a type and as the bytes
 * of the document that the log keeps. Knows colours and nothing else. Start reading at {@link
 * gongbei.replication.ground.GroundTable}.
 */
package gongbei.replication.ground;
