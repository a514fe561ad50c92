package io.leasehold.job.cli;

import io.leasehold.admin.LeaseAdmin;
import io.leasehold.lease.model.ChangeNumber;
import io.leasehold.lease.store.GroupSummary;
import io.leasehold.lease.store.LeaseStore;
import io.leasehold.lease.store.LeaseStoreException;

import picocli.CommandLine.Command;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code leasehold groups}. */
@Command(
        name = "groups",
        description = "Lists the groups of a lease table.",
        mixinStandardHelpOptions = true)
final class GroupsCommand extends StoreCommand {

    @Override
    int run(LeaseStore store) throws LeaseStoreException {
        List<GroupSummary> groups = LeaseAdmin.groups(store);
        if (json()) {
            printJson(groups.stream().map(GroupsCommand::json).toList());
            return 0;
        }
        Table table = new Table("GROUP", "MEMBERS", "SPLITS", "CHANGES", "SCHEMA", "CREATED");
        for (GroupSummary group : groups) {
            table.row(
                    group.id(),
                    group.members(),
                    group.splits(),
                    ChangeNumber.countOf(group.changeNumber()),
                    group.schemaVersion(),
                    group.createdAt());
        }
        print(table.lines());
        return 0;
    }

    private static Map<String, Object> json(GroupSummary group) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("group", group.id());
        json.put("members", group.members());
        json.put("splits", group.splits());
        json.put("changes", ChangeNumber.countOf(group.changeNumber()));
        json.put("schemaVersion", group.schemaVersion());
        json.put("createdAt", group.createdAt().toString());
        return json;
    }
}
