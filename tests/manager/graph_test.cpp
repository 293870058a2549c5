#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "manager/graph.hpp"
#include "manager/unit_table.hpp"

namespace mitori::manager {
namespace {

using test::Place;
using testing::ElementsAre;
using testing::IsEmpty;
using unit::Relation;

std::vector<std::string> names(Graph const& graph, std::string_view of, Relation relation) {
    std::vector<std::string> names;
    for (UnitRef const other : graph.related(graph.find(of).value(), relation))
        names.push_back(graph.name(other));
    return names;
}

TEST(Graph, loads_all_that_a_unit_mentions_and_what_that_mentions_once_each) {
    Place place("a.service Requires=b.service\nb.service After=c.service,a.service\n");
    place.ref("a.service");
    EXPECT_EQ(place.graph.size(), 3U);
    EXPECT_EQ(place.table.loads(), 3U);
    EXPECT_TRUE(place.graph.find("c.service"));
    EXPECT_FALSE(place.graph.find("d.service"));
    place.ref("a.service");
    EXPECT_EQ(place.table.loads(), 3U);
}

TEST(Graph, keeps_a_relation_at_both_ends) {
    Place place("a.service Requires=b.service Conflicts=c.service Before=b.service OnFailure=c.service");
    place.ref("a.service");
    EXPECT_THAT(names(place.graph, "a.service", Relation::requires_), ElementsAre("b.service"));
    EXPECT_THAT(names(place.graph, "b.service", Relation::required_by), ElementsAre("a.service"));
    EXPECT_THAT(names(place.graph, "b.service", Relation::after), ElementsAre("a.service"));
    EXPECT_THAT(names(place.graph, "c.service", Relation::conflicted_by), ElementsAre("a.service"));
    EXPECT_THAT(names(place.graph, "c.service", Relation::on_failure_of), ElementsAre("a.service"));
}

TEST(Graph, inverse_undoes_itself_for_each_relation) {
    for (int i = 0; i <= static_cast<int>(Relation::on_success_of); ++i) {
        auto const relation = static_cast<Relation>(i);
        EXPECT_EQ(inverse(inverse(relation)), relation) << i;
        EXPECT_EQ(inverse(relation) == relation, relation == Relation::joins_namespace_of) << i;
    }
}

TEST(Graph, has_one_edge_where_both_ends_say_the_same) {
    Place place("a.service Before=b.service,b.service\nb.service After=a.service");
    auto const a = place.ref("a.service");
    EXPECT_EQ(place.graph.edges(a).size(), 1U);
    EXPECT_EQ(place.graph.edges(place.ref("b.service")).size(), 1U);
}

TEST(Graph, remembers_the_weightier_origin_of_an_edge) {
    Place place("");
    auto both = std::make_shared<unit::Unit>(*place.table.load("a.service"));
    both->info.dependencies = unit::Dependencies{{Relation::wants, unit::Origin::default_, "b.service"},
                                                 {Relation::wants, unit::Origin::file, "b.service"}};
    Graph graph([&](std::string_view name) -> unit::UnitPtr {
        if (name == "a.service") return both;
        return place.table.load(name);
    });
    ASSERT_EQ(graph.edges(graph.add("a.service")).size(), 1U);
    EXPECT_EQ(graph.edges(graph.add("a.service")).front().origin, unit::Origin::file);
}

TEST(Graph, has_no_edge_from_a_unit_to_itself) {
    Place place("a.service Requires=a.service,alias.service Alias=alias.service");
    EXPECT_THAT(place.graph.edges(place.ref("a.service")), IsEmpty());
}

TEST(Graph, edges_are_small) { EXPECT_EQ(sizeof(Edge), 8U); }

TEST(Graph, an_alias_is_a_second_name_of_one_node) {
    Place place("real.service Alias=alias.service\na.service Wants=alias.service\nb.service Wants=real.service");
    auto const a = place.ref("a.service");
    auto const b = place.ref("b.service");
    EXPECT_EQ(place.graph.related(a, Relation::wants), place.graph.related(b, Relation::wants));
    EXPECT_EQ(place.graph.find("alias.service"), place.graph.find("real.service"));
    EXPECT_EQ(place.graph.name(place.graph.find("alias.service").value()), "real.service");
}

TEST(Graph, a_unit_loaded_later_is_connected_to_what_was_there) {
    Place place("b.service Requires=a.service\n");
    place.ref("a.service");
    auto const before = place.graph.generation();
    place.ref("b.service");
    EXPECT_THAT(names(place.graph, "a.service", Relation::required_by), ElementsAre("b.service"));
    EXPECT_NE(place.graph.generation(), before);
}

TEST(Graph, a_long_chain_does_not_overflow_the_stack) {
    std::size_t const length = 30'000;
    Graph graph([](std::string_view name) {
        auto made = std::make_shared<unit::Unit>();
        made->id = name;
        made->load_state = unit::LoadState::loaded;
        auto const number = std::stoul(std::string(name));
        if (number + 1 < length)
            made->info.dependencies.edit().push_back(
                {Relation::requires_, unit::Origin::file, std::to_string(number + 1)});
        return made;
    });
    graph.add("0");
    EXPECT_EQ(graph.size(), length);
}

TEST(TargetOrder, a_target_comes_after_what_it_pulls_in) {
    Place place("t.target Defaults Wants=a.service Requires=b.service Requisite=c.service PartOf=d.service\n"
                "a.service Defaults\nb.service Defaults\nc.service Defaults\nd.service Defaults");
    place.ref("t.target");
    EXPECT_THAT(names(place.graph, "t.target", Relation::after), ElementsAre("a.service", "b.service", "c.service"));
}

TEST(TargetOrder, is_left_to_the_units_that_have_no_default_dependencies) {
    Place place("t.target Wants=a.service\na.service Defaults\nu.target Defaults Wants=b.service\nb.service");
    place.ref("t.target");
    place.ref("u.target");
    EXPECT_THAT(names(place.graph, "t.target", Relation::after), IsEmpty());
    EXPECT_THAT(names(place.graph, "u.target", Relation::after), IsEmpty());
}

TEST(TargetOrder, gives_way_to_an_order_that_was_said) {
    Place place("t.target Defaults Wants=a.service\na.service Defaults After=t.target");
    place.ref("t.target");
    EXPECT_THAT(names(place.graph, "t.target", Relation::after), IsEmpty());
    EXPECT_THAT(names(place.graph, "t.target", Relation::before), ElementsAre("a.service"));
}

TEST(Reload, remakes_edges_under_the_same_refs) {
    Place place("a.service Requires=b.service Wants=c.service");
    auto const a = place.ref("a.service");
    auto const c = place.graph.find("c.service").value();
    place.table.replace("a.service After=c.service");
    place.graph.reload([&](UnitRef ref) { return ref == a; });
    EXPECT_EQ(place.graph.find("a.service"), a);
    EXPECT_EQ(place.graph.find("c.service"), c);
    EXPECT_THAT(names(place.graph, "a.service", Relation::requires_), IsEmpty());
    EXPECT_THAT(names(place.graph, "a.service", Relation::after), ElementsAre("c.service"));
}

TEST(Reload, drops_what_nobody_mentions_or_keeps_and_gives_the_ref_back_when_it_returns) {
    Place place("a.service Requires=b.service");
    auto const a = place.ref("a.service");
    auto const b = place.graph.find("b.service").value();
    place.table.replace("a.service");
    place.graph.reload([&](UnitRef ref) { return ref == a; });
    EXPECT_FALSE(place.graph.live(b));
    EXPECT_FALSE(place.graph.find("b.service"));
    EXPECT_EQ(place.graph.name(b), "b.service");
    EXPECT_EQ(place.ref("b.service"), b);
    EXPECT_TRUE(place.graph.live(b));
}

TEST(Reload, keeps_what_it_is_told_to_keep) {
    Place place("a.service Requires=b.service");
    place.ref("a.service");
    auto const b = place.graph.find("b.service").value();
    place.table.replace("b.service NotFound");
    place.graph.reload([&](UnitRef ref) { return ref == b; });
    EXPECT_FALSE(place.graph.find("a.service"));
    EXPECT_EQ(place.graph.unit(b).load_state, unit::LoadState::not_found);
}

TEST(Reload, follows_an_alias_that_has_moved) {
    Place place("a.service Alias=x.service\nb.service");
    auto const a = place.ref("a.service");
    auto const b = place.ref("b.service");
    EXPECT_EQ(place.graph.find("x.service"), a);
    place.table.replace("a.service\nb.service Alias=x.service");
    place.graph.reload([](UnitRef) { return true; });
    EXPECT_EQ(place.graph.find("x.service"), b);
}

TEST(Reload, leaves_a_kept_unit_as_it_was_whose_name_has_become_an_alias) {
    Place place("a.service Requires=c.service\nb.service");
    auto const a = place.ref("a.service");
    place.ref("b.service");
    place.table.replace("b.service Alias=a.service");
    place.graph.reload([](UnitRef) { return true; });
    EXPECT_EQ(place.graph.find("a.service"), a);
    EXPECT_EQ(place.graph.name(a), "a.service");
    EXPECT_THAT(names(place.graph, "a.service", Relation::requires_), ElementsAre("c.service"));
}

TEST(Retry, loads_a_unit_whose_file_has_appeared_and_keeps_what_others_say_of_it) {
    Place place("a.service Requires=b.service\nb.service NotFound");
    place.ref("a.service");
    auto const b = place.ref("b.service");
    place.table.replace("b.service After=c.service");
    EXPECT_EQ(place.graph.retry(b), b);
    EXPECT_EQ(place.graph.unit(b).load_state, unit::LoadState::loaded);
    EXPECT_THAT(names(place.graph, "b.service", Relation::required_by), ElementsAre("a.service"));
    EXPECT_THAT(names(place.graph, "c.service", Relation::before), ElementsAre("b.service"));
}

TEST(Retry, forgets_what_a_bad_unit_said) {
    Place place("b.service BadSetting Requires=c.service Wants=d.service");
    auto const b = place.ref("b.service");
    place.table.replace("b.service Wants=d.service");
    place.graph.retry(b);
    EXPECT_THAT(names(place.graph, "b.service", Relation::requires_), IsEmpty());
    EXPECT_THAT(names(place.graph, "c.service", Relation::required_by), IsEmpty());
    EXPECT_THAT(names(place.graph, "d.service", Relation::wanted_by), ElementsAre("b.service"));
}

TEST(Retry, leaves_a_loaded_unit_alone) {
    Place place("a.service");
    auto const a = place.ref("a.service");
    place.table.replace("a.service NotFound");
    EXPECT_EQ(place.graph.retry(a), a);
    EXPECT_EQ(place.graph.unit(a).load_state, unit::LoadState::loaded);
}

TEST(Retry, leads_on_to_the_unit_that_the_name_has_become_an_alias_of) {
    Place place("a.service NotFound\nb.service\nc.service Requires=a.service");
    place.ref("c.service");
    auto const b = place.ref("b.service");
    place.table.replace("b.service Alias=a.service\nc.service Requires=a.service");
    auto const a = place.graph.find("a.service").value();
    EXPECT_EQ(place.graph.retry(a), b);
    EXPECT_FALSE(place.graph.live(a));
    EXPECT_EQ(place.graph.find("a.service"), b);
    EXPECT_THAT(names(place.graph, "c.service", Relation::requires_), ElementsAre("b.service"));
}

} // namespace
} // namespace mitori::manager
