import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Kafka's own clients for tests: writes and reads logs by commands on standard input, one a line, with
 * fields between tabs. Each answer ends with the line "end", or "failed" and a reason.
 */
public class LogWriter {
    private static final Map<String, KafkaProducer<byte[], byte[]>> PRODUCERS = new HashMap<>();
    private static String servers;

    public static void main(String[] args) throws Exception {
        servers = args[0];
        BufferedReader in =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            try {
                for (String answer : answers(line.split("\t", -1))) {
                    System.out.println("answer\t" + answer);
                }
                System.out.println("end");
            } catch (Exception e) {
                System.out.println("failed\t" + String.valueOf(e).replaceAll("[\t\n]", " "));
            }
            System.out.flush();
        }
        // Transactions that are open stay open.
        Runtime.getRuntime().halt(0);
    }

    private static List<String> answers(String[] fields) throws Exception {
        switch (fields[0]) {
            case "producer":
                return producer(fields[1], fields[2], fields[3]);
            case "close":
                // At once: a transaction that is open stays open.
                PRODUCERS.remove(fields[1]).close(Duration.ZERO);
                return List.of();
            case "begin":
                PRODUCERS.get(fields[1]).beginTransaction();
                return List.of();
            case "commit":
                PRODUCERS.get(fields[1]).commitTransaction();
                return List.of();
            case "abort":
                PRODUCERS.get(fields[1]).abortTransaction();
                return List.of();
            case "send":
                return send(fields[1], new TopicPartition(fields[2], Integer.parseInt(fields[3])), fields[4]);
            case "config":
                return config(fields[1], fields[2], fields[3]);
            case "end":
                return List.of(String.valueOf(endOffset(partition(fields), fields[3])));
            case "read":
                return read(partition(fields), fields[3]);
            default:
                throw new IllegalArgumentException("unknown command " + fields[0]);
        }
    }

    private static TopicPartition partition(String[] fields) {
        return new TopicPartition(fields[1], Integer.parseInt(fields[2]));
    }

    private static List<String> producer(String name, String codec, String transactionalId) {
        Map<String, Object> config = new HashMap<>();
        config.put("bootstrap.servers", servers);
        config.put("compression.type", codec);
        config.put("linger.ms", 1000);
        config.put("batch.size", 900000);
        // Old formats have no sequence numbers.
        config.put("enable.idempotence", !transactionalId.isEmpty());
        if (!transactionalId.isEmpty()) {
            config.put("transactional.id", transactionalId);
            config.put("transaction.timeout.ms", 600000);
        }
        KafkaProducer<byte[], byte[]> producer =
            new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
        if (!transactionalId.isEmpty()) {
            producer.initTransactions();
        }
        PRODUCERS.put(name, producer);
        return List.of();
    }

    /** Sends records as one batch. @return their offsets */
    private static List<String> send(String name, TopicPartition to, String records) throws Exception {
        KafkaProducer<byte[], byte[]> producer = PRODUCERS.get(name);
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        for (String record : records.split(";")) {
            String[] parts = record.split(",", -1);
            sent.add(
                producer.send(
                    new ProducerRecord<>(
                        to.topic(),
                        to.partition(),
                        parts[2].isEmpty() ? null : Long.valueOf(parts[2]),
                        bytes(parts[0]),
                        bytes(parts[1]))));
        }
        producer.flush();
        List<String> offsets = new ArrayList<>();
        for (Future<RecordMetadata> future : sent) {
            offsets.add(String.valueOf(future.get().offset()));
        }
        return offsets;
    }

    private static List<String> config(String topic, String name, String value) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", servers))) {
            admin
                .incrementalAlterConfigs(
                    Map.of(
                        new ConfigResource(ConfigResource.Type.TOPIC, topic),
                        List.of(
                            new AlterConfigOp(
                                new ConfigEntry(name, value), AlterConfigOp.OpType.SET))))
                .all()
                .get();
        }
        return List.of();
    }

    private static KafkaConsumer<byte[], byte[]> consumer(String isolation) {
        return new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers", servers,
                "isolation.level", isolation,
                "auto.offset.reset", "earliest",
                "enable.auto.commit", "false"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    }

    private static long endOffset(TopicPartition of, String isolation) {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(isolation)) {
            return consumer.endOffsets(List.of(of)).get(of);
        }
    }

    private static List<String> read(TopicPartition from, String isolation) {
        List<String> lines = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(isolation)) {
            consumer.assign(List.of(from));
            consumer.seekToBeginning(List.of(from));
            long end = consumer.endOffsets(List.of(from)).get(from);
            while (consumer.position(from) < end) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofSeconds(1))) {
                    StringBuilder line = new StringBuilder();
                    line.append(record.offset()).append('\t').append(record.timestamp());
                    line.append('\t').append(text(record.key()));
                    line.append('\t').append(text(record.value()));
                    for (Header header : record.headers()) {
                        line.append('\t').append(header.key()).append('=').append(text(header.value()));
                    }
                    lines.add(line.toString());
                }
            }
        }
        return lines;
    }

    private static byte[] bytes(String base64) {
        return base64.equals("-") ? null : Base64.getDecoder().decode(base64);
    }

    private static String text(byte[] bytes) {
        return bytes == null ? "-" : Base64.getEncoder().encodeToString(bytes);
    }
}
