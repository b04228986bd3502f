import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.kafka.connect.mirror.ConfigPropertyFilter;
import org.apache.kafka.connect.mirror.DefaultConfigPropertyFilter;
import org.apache.kafka.connect.mirror.DefaultReplicationPolicy;
import org.apache.kafka.connect.mirror.DefaultTopicFilter;
import org.apache.kafka.connect.mirror.IdentityReplicationPolicy;
import org.apache.kafka.connect.mirror.MirrorSourceConnector;
import org.apache.kafka.connect.mirror.ReplicationPolicy;
import org.apache.kafka.connect.mirror.SourceAndTarget;
import org.apache.kafka.connect.mirror.TopicFilter;

/**
 * Asks MirrorMaker 2's own classes which topics a mirror copies, and under which names. A line of
 * the input has, separated by tabs: policy, separator, alias of the source, alias of the target,
 * topics, topics.exclude, topic. A line of the output: true or false, and the topic's name at the
 * target.
 */
public class MirroredTopics {
    public static void main(String[] args) throws Exception {
        Constructor<MirrorSourceConnector> connectors =
                MirrorSourceConnector.class.getDeclaredConstructor(
                        SourceAndTarget.class,
                        ReplicationPolicy.class,
                        TopicFilter.class,
                        ConfigPropertyFilter.class);
        connectors.setAccessible(true);
        Method shouldReplicate =
                MirrorSourceConnector.class.getDeclaredMethod("shouldReplicateTopic", String.class);
        shouldReplicate.setAccessible(true);
        Method nameAtTarget =
                MirrorSourceConnector.class.getDeclaredMethod("formatRemoteTopic", String.class);
        nameAtTarget.setAccessible(true);

        BufferedReader input =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            String[] fields = line.split("\t", -1);
            DefaultReplicationPolicy policy =
                    fields[0].equals("identity")
                            ? new IdentityReplicationPolicy()
                            : new DefaultReplicationPolicy();
            policy.configure(
                    Map.of(
                            "replication.policy.separator", fields[1],
                            "source.cluster.alias", fields[2],
                            "target.cluster.alias", fields[3]));
            DefaultTopicFilter filter = new DefaultTopicFilter();
            filter.configure(Map.of("topics", fields[4], "topics.exclude", fields[5]));
            MirrorSourceConnector connector =
                    connectors.newInstance(
                            new SourceAndTarget(fields[2], fields[3]),
                            policy,
                            filter,
                            new DefaultConfigPropertyFilter());
            System.out.println(
                    shouldReplicate.invoke(connector, fields[6])
                            + "\t"
                            + nameAtTarget.invoke(connector, fields[6]));
        }
    }
}
