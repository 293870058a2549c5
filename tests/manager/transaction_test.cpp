#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "manager/transaction.hpp"
#include "manager/unit_table.hpp"

namespace mitori::manager {
namespace {

using test::Place;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// -- pulling in

TEST(PullIn, a_start_starts_what_it_requires_binds_to_wants_and_upholds) {
    Place place("a.service Requires=b.service BindsTo=c.service Wants=d.service Upholds=e.service");
    EXPECT_EQ(place.start("a.service"),
              "a.service/start b.service/start c.service/start d.service/start? e.service/start?");
}

TEST(PullIn, a_start_verifies_its_requisites_and_stops_its_conflicts_of_both_ends) {
    Place place("a.service Requisite=b.service Conflicts=c.service\nd.service Conflicts=a.service");
    place.ref("d.service");
    place.are("c.service=active d.service=active");
    EXPECT_EQ(place.start("a.service"), "a.service/start b.service/verify-active c.service/stop d.service/stop?");
}

TEST(PullIn, order_alone_pulls_in_nothing) {
    Place place("a.service After=b.service Before=c.service PartOf=d.service OnFailure=e.service");
    EXPECT_EQ(place.start("a.service"), "a.service/start");
}

TEST(PullIn, follows_requirements_of_requirements) {
    Place place("a.service Requires=b.service\nb.service Requires=c.service\nc.service Requires=a.service");
    EXPECT_EQ(place.start("a.service"), "a.service/start b.service/start c.service/start");
}

TEST(PullIn, what_a_wish_requires_is_no_more_than_a_wish) {
    Place place("a.service Wants=b.service\nb.service Requires=c.service");
    EXPECT_EQ(place.start("a.service"), "a.service/start b.service/start? c.service/start?");
}

TEST(PullIn, what_is_both_wanted_and_required_is_required) {
    Place place("a.service Wants=c.service Requires=b.service\nb.service Requires=c.service");
    EXPECT_EQ(place.start("a.service"), "a.service/start b.service/start c.service/start");
}

TEST(PullIn, a_stop_stops_all_that_cannot_be_without_the_unit) {
    Place place("r.service Requires=a.service\nq.service Requisite=a.service\nb.service BindsTo=a.service\n"
                "p.service PartOf=a.service\nw.service Wants=a.service\na.service PropagatesStopTo=s.service\n"
                "f.service StopPropagatedFrom=a.service");
    for (auto const name : {"r.service", "q.service", "b.service", "p.service", "w.service", "a.service", "f.service"})
        place.facts_of(name).active = ActiveState::active;
    place.are("s.service=active");
    EXPECT_EQ(place.stop("a.service"), "a.service/stop b.service/stop f.service/stop p.service/stop q.service/stop "
                                       "r.service/stop s.service/stop");
}

TEST(PullIn, a_restart_restarts_what_depends_on_the_unit_and_is_up) {
    Place place("r.service Requires=a.service\np.service PartOf=a.service\nd.service Requires=a.service\n"
                "a.service PropagatesStopTo=s.service Requires=n.service");
    place.ref("r.service"), place.ref("p.service"), place.ref("d.service");
    place.are("a.service=active r.service=active p.service=reloading s.service=active");
    EXPECT_EQ(place.show_plan(JobType::restart, "a.service"),
              "a.service/restart n.service/start p.service/restart r.service/restart");
}

TEST(PullIn, a_reload_is_passed_on_to_what_is_up_and_can_reload) {
    Place place("a.service PropagatesReloadTo=b.service,c.service,d.service");
    place.are("a.service=active b.service=active c.service=inactive d.service=active");
    place.facts_of("a.service").can_reload = place.facts_of("b.service").can_reload = true;
    place.facts_of("c.service").can_reload = true;
    EXPECT_EQ(place.show_plan(JobType::reload, "a.service"), "a.service/reload b.service/reload?");
}

TEST(PullIn, modes_that_ignore_dependencies_ask_for_one_job) {
    Place place("a.service Requires=missing.service After=b.service\nmissing.service NotFound");
    auto const plain = place.plan(JobType::start, "a.service", Mode::ignore_requirements);
    ASSERT_TRUE(plain);
    EXPECT_EQ(place.show(*plain), "a.service/start");
    EXPECT_FALSE(plain->jobs.front().ignore_order);
    auto const unordered = place.plan(JobType::start, "a.service", Mode::ignore_dependencies);
    ASSERT_TRUE(unordered);
    EXPECT_TRUE(unordered->jobs.front().ignore_order);
}

// -- units that are not there

struct Refusal {
    std::string_view units;
    Refused why;
    std::string_view text;
};

TEST(Refused, a_request_for_a_unit_that_cannot_load_says_why) {
    for (auto const& [units, why, text] : {
             Refusal{"x.service NotFound", Refused::no_such_unit, "Unit x.service not found."},
             Refusal{"x.service Masked", Refused::unit_masked, "Unit x.service is masked."},
             Refusal{"x.service BadSetting", Refused::bad_unit_setting, "Unit x.service has a bad unit file setting."},
             Refusal{"x.service Error", Refused::load_failed,
                     "Unit x.service failed to load properly, please adjust/correct and reload service manager: it "
                     "cannot be read"},
         }) {
        Place place(units);
        for (auto const type : {JobType::start, JobType::restart, JobType::reload}) {
            auto const planned = place.plan(type, "x.service");
            ASSERT_FALSE(planned) << text;
            EXPECT_EQ(planned.error().why, why) << text;
            EXPECT_EQ(planned.error().text, text);
        }
    }
}

TEST(Refused, a_request_that_requires_a_missing_unit_is_refused_however_far_it_is) {
    Place place("a.service Requires=b.service\nb.service BindsTo=x.service\nx.service NotFound");
    EXPECT_EQ(place.start("a.service"), "refused: Unit x.service not found.");
}

TEST(Refused, a_missing_requisite_refuses_and_a_missing_conflict_does_not) {
    Place place("a.service Requisite=x.service\nb.service Conflicts=x.service\nx.service NotFound");
    EXPECT_EQ(place.start("a.service"), "refused: Unit x.service not found.");
    EXPECT_EQ(place.start("b.service"), "b.service/start");
}

TEST(Refused, wanted_units_that_are_missing_or_masked_are_left_out_silently) {
    Place place("a.service Wants=x.service,y.service\nx.service NotFound\ny.service Masked");
    auto const planned = place.plan(JobType::start, "a.service");
    ASSERT_TRUE(planned);
    EXPECT_EQ(place.show(*planned), "a.service/start");
    EXPECT_THAT(planned->notes, IsEmpty());
}

TEST(Refused, a_wanted_unit_with_a_bad_file_is_left_out_and_named) {
    Place place("a.service Wants=x.service\nx.service BadSetting");
    auto const planned = place.plan(JobType::start, "a.service");
    ASSERT_TRUE(planned);
    EXPECT_THAT(planned->notes,
                ElementsAre("x.service/start is left out: Unit x.service has a bad unit file setting."));
}

TEST(Refused, a_wanted_unit_goes_on_without_a_requirement_that_is_missing_and_says_so) {
    Place place("t.target Wants=a.service\na.service Requires=x.service Wants=b.service\nx.service NotFound");
    auto const planned = place.plan(JobType::start, "t.target");
    ASSERT_TRUE(planned);
    EXPECT_EQ(place.show(*planned), "t.target/start a.service/start? b.service/start?");
    EXPECT_THAT(planned->notes, ElementsAre("a.service/start goes on without x.service: Unit x.service not found."));
}

TEST(Refused, stopping_what_is_not_loaded_and_not_running_is_refused) {
    Place place("x.service NotFound\nm.service Masked");
    EXPECT_EQ(place.stop("x.service"), "refused: Unit x.service not loaded.");
    EXPECT_EQ(place.stop("m.service"), "m.service/stop");
    place.are("x.service=active");
    EXPECT_EQ(place.stop("x.service"), "x.service/stop");
}

TEST(Refused, manual_starts_and_stops_by_the_units_wish_but_not_those_by_dependency) {
    std::string const text = "refused: Operation refused, unit x.service may be requested by dependency only (it is "
                             "configured to refuse manual start/stop).";
    Place starts("x.service RefuseManualStart\na.service Requires=x.service");
    EXPECT_EQ(starts.start("x.service"), text);
    EXPECT_EQ(starts.show_plan(JobType::restart, "x.service"), text);
    EXPECT_EQ(starts.stop("x.service"), "x.service/stop");
    EXPECT_EQ(starts.start("a.service"), "a.service/start x.service/start");
    EXPECT_EQ(starts.show_plan(JobType::start, "x.service", Mode::replace, Asker::manager), "x.service/start");

    Place stops("x.service RefuseManualStop");
    EXPECT_EQ(stops.stop("x.service"), text);
    EXPECT_EQ(stops.show_plan(JobType::try_restart, "x.service"), text);
    EXPECT_EQ(stops.start("x.service"), "x.service/start");
}

TEST(Refused, jobs_that_the_unit_does_not_know) {
    Place place("a.service\n-.slice\nx.device");
    EXPECT_EQ(place.show_plan(JobType::reload, "a.service"),
              "refused: Job type reload is not applicable for unit a.service.");
    EXPECT_EQ(place.stop("-.slice"), "refused: Job type stop is not applicable for unit -.slice.");
    EXPECT_EQ(place.show_plan(JobType::restart, "x.device"),
              "refused: Job type restart is not applicable for unit x.device.");
    EXPECT_EQ(place.start("x.device"), "x.device/start");
}

TEST(Refused, modes_that_do_not_fit_the_job) {
    Place place("a.service\nb.target AllowIsolate");
    auto const why = [&](JobType type, std::string_view unit, Mode mode) {
        return place.plan(type, unit, mode).error().why;
    };
    EXPECT_EQ(why(JobType::stop, "b.target", Mode::isolate), Refused::invalid_args);
    EXPECT_EQ(why(JobType::start, "a.service", Mode::isolate), Refused::no_isolation);
    EXPECT_EQ(why(JobType::start, "a.service", Mode::triggering), Refused::invalid_args);
    EXPECT_EQ(place.stop("a.service", Mode::triggering), "a.service/stop");
}

// -- kinds that depend on the state

TEST(Collapse, conditional_jobs_become_what_the_state_asks_for) {
    struct Case {
        JobType type;
        std::string_view up;
        std::string_view down;
    };
    for (auto const& [type, up, down] : {
             Case{JobType::try_restart, "a.service/restart", "a.service/nop"},
             Case{JobType::try_reload, "a.service/reload", "a.service/nop"},
             Case{JobType::reload_or_start, "a.service/reload", "a.service/start"},
             Case{JobType::restart, "a.service/restart", "a.service/restart"},
         }) {
        Place place("a.service");
        place.facts_of("a.service").can_reload = true;
        for (auto const state : {ActiveState::active, ActiveState::reloading}) {
            place.facts_of("a.service").active = state;
            EXPECT_EQ(place.show_plan(type, "a.service"), up);
        }
        for (auto const state : {ActiveState::inactive, ActiveState::failed, ActiveState::activating}) {
            place.facts_of("a.service").active = state;
            EXPECT_EQ(place.show_plan(type, "a.service"), down);
        }
    }
}

// -- pruning

TEST(Prune, what_is_up_is_not_started_nor_what_only_it_would_have_pulled_in) {
    Place place("a.service Requires=b.service Wants=c.service\nb.service Wants=d.service");
    place.are("b.service=active c.service=reloading");
    EXPECT_EQ(place.start("a.service"), "a.service/start");
}

TEST(Prune, the_request_itself_stays_even_if_it_is_redundant) {
    Place place("a.service Wants=b.service");
    place.are("a.service=active");
    EXPECT_EQ(place.start("a.service"), "a.service/start b.service/start?");
}

TEST(Prune, a_redundant_job_stays_that_contradicts_a_queued_one) {
    Place place("a.service Requires=b.service");
    place.are("b.service=active");
    place.queued("b.service/stop");
    EXPECT_EQ(place.start("a.service"), "a.service/start b.service/start -b.service");
}

TEST(Prune, stopping_what_has_failed_or_never_ran_is_redundant) {
    Place place("a.service Conflicts=b.service,c.service,d.service");
    place.are("b.service=failed c.service=activating d.service=deactivating");
    EXPECT_EQ(place.start("a.service"), "a.service/start c.service/stop d.service/stop");
}

// -- merging

TEST(Merge, jobs_of_one_unit_become_one) {
    Place verify("a.service Requires=b.service Requisite=b.service");
    EXPECT_EQ(verify.start("a.service"), "a.service/start b.service/start");

    Place restart("a.service Requires=b.service PropagatesStopTo=c.service\nb.service PartOf=a.service");
    restart.ref("a.service");
    restart.are("a.service=active b.service=active");
    EXPECT_EQ(restart.show_plan(JobType::restart, "a.service"), "a.service/restart b.service/restart");
}

TEST(Merge, a_contradiction_that_the_request_needs_refuses_it) {
    Place place("a.service Requires=b.service Conflicts=b.service");
    place.are("b.service=activating");
    auto const planned = place.plan(JobType::start, "a.service");
    ASSERT_FALSE(planned);
    EXPECT_EQ(planned.error().why, Refused::transaction_jobs_conflicting);
    EXPECT_EQ(planned.error().text, "Transaction contains conflicting jobs 'start' and 'stop' for a.service. Probably "
                                    "contradicting requirement dependencies configured.");
}

TEST(Merge, of_a_contradiction_the_wish_goes) {
    Place place("a.service Wants=b.service Requires=c.service\nc.service Conflicts=b.service");
    place.are("b.service=activating");
    EXPECT_EQ(place.start("a.service"), "a.service/start b.service/stop c.service/start");
}

TEST(Merge, of_two_wished_services_the_one_that_excludes_the_other_is_started_with_what_it_needs) {
    Place place("t.target Wants=b.service,a.service\na.service Conflicts=b.service Wants=c.service");
    for (auto const state : {ActiveState::inactive, ActiveState::activating}) {
        place.facts_of("b.service").active = state;
        auto const planned = place.plan(JobType::start, "t.target");
        ASSERT_TRUE(planned);
        bool const up = state == ActiveState::activating;
        EXPECT_EQ(place.show(*planned), up ? "t.target/start a.service/start? b.service/stop? c.service/start?"
                                           : "t.target/start a.service/start? c.service/start?");
        EXPECT_THAT(planned->notes, Contains("b.service/start is left out: it contradicts stop"));
    }
}

TEST(Merge, what_needs_a_dropped_job_goes_with_it) {
    Place place("a.service Wants=b.service Conflicts=c.service\nb.service Requires=c.service Wants=d.service");
    place.are("c.service=activating");
    EXPECT_EQ(place.start("a.service"), "a.service/start c.service/stop");
}

// -- order

TEST(Order, a_cycle_is_broken_where_the_request_can_do_without) {
    Place place("a.service Requires=b.service Wants=c.service After=b.service\nb.service After=c.service\n"
                "c.service After=a.service");
    auto const planned = place.plan(JobType::start, "a.service");
    ASSERT_TRUE(planned);
    EXPECT_EQ(place.show(*planned), "a.service/start b.service/start");
    ASSERT_EQ(planned->notes.size(), 1U);
    EXPECT_THAT(planned->notes.front(), HasSubstr("c.service/start is left out to break it"));
}

TEST(Order, a_cycle_of_needed_jobs_refuses_the_request_and_is_spelled_out) {
    Place place("a.service Requires=b.service After=b.service\nb.service After=a.service");
    auto const planned = place.plan(JobType::start, "a.service");
    ASSERT_FALSE(planned);
    EXPECT_EQ(planned.error().why, Refused::transaction_order_is_cyclic);
    EXPECT_EQ(planned.error().text, "Transaction order is cyclic. See system logs for details.");
    ASSERT_EQ(planned.error().notes.size(), 1U);
    EXPECT_THAT(planned.error().notes.front(), HasSubstr("a.service/start, b.service/start, a.service"));
}

TEST(Order, every_cycle_is_broken) {
    Place place("t.target Wants=a.service,b.service,c.service,d.service\na.service After=b.service\n"
                "b.service After=a.service\nc.service After=d.service\nd.service After=c.service");
    auto const planned = place.plan(JobType::start, "t.target");
    ASSERT_TRUE(planned);
    EXPECT_EQ(planned->jobs.size(), 3U);
    EXPECT_EQ(planned->notes.size(), 2U);
}

TEST(Order, no_cycle_between_a_stop_and_a_start_that_are_ordered_both_ways) {
    Place place("a.service Conflicts=b.service After=b.service Before=b.service");
    place.are("b.service=active");
    EXPECT_EQ(place.start("a.service"), "a.service/start b.service/stop");
}

TEST(Order, a_restart_is_in_the_way_as_the_start_that_it_will_be) {
    Place place("a.service Requires=b.service After=b.service\nb.service After=a.service");
    place.are("a.service=active b.service=active");
    EXPECT_EQ(place.plan(JobType::restart, "b.service").error().why, Refused::transaction_order_is_cyclic);
}

TEST(Order, queued_jobs_are_part_of_a_cycle) {
    Place place("a.service Wants=b.service Before=q.service\nb.service After=q.service Before=a.service");
    EXPECT_EQ(place.start("a.service"), "a.service/start b.service/start?");
    place.queued("q.service/start");
    EXPECT_EQ(place.start("a.service"), "a.service/start");
    place.queued("q.service/stop");
    EXPECT_EQ(place.start("a.service"), "a.service/start b.service/start?");
}

TEST(Order, a_cycle_of_queued_jobs_alone_is_none_of_the_requests) {
    Place place("a.service Before=p.service\np.service After=q.service\nq.service After=p.service");
    place.ref("a.service");
    place.queued("p.service/start q.service/start");
    EXPECT_EQ(place.start("a.service"), "a.service/start");
}

// -- modes

TEST(Mode, replace_cancels_what_contradicts_and_keeps_what_does_not) {
    Place place("a.service Conflicts=b.service Requires=c.service");
    place.ref("a.service");
    place.are("b.service=activating");
    place.queued("b.service/start c.service/start");
    EXPECT_EQ(place.start("a.service"), "a.service/start b.service/stop c.service/start -b.service");
}

TEST(Mode, fail_refuses_to_turn_a_queued_job_round) {
    Place place("a.service");
    place.are("a.service=active");
    place.queued("a.service/stop");
    auto const planned = place.plan(JobType::start, "a.service", Mode::fail);
    ASSERT_FALSE(planned);
    EXPECT_EQ(planned.error().why, Refused::transaction_is_destructive);
    EXPECT_EQ(planned.error().text,
              "Transaction for a.service/start is destructive (a.service has 'stop' job queued, but "
              "'start' is included in transaction).");
}

TEST(Mode, fail_gives_up_wishes_that_would_stop_something_or_contradict_the_queue) {
    Place place("a.service Wants=b.service,c.service\nb.service Conflicts=d.service");
    place.ref("a.service");
    place.are("d.service=active");
    place.queued("c.service/stop");
    EXPECT_EQ(place.start("a.service", Mode::fail), "a.service/start");
    EXPECT_EQ(place.start("a.service"), "a.service/start b.service/start? c.service/start? d.service/stop? -c.service");
}

TEST(Mode, irreversible_jobs_are_not_replaced) {
    Place place("a.service");
    place.are("a.service=active");
    place.queued("a.service/stop!");
    EXPECT_EQ(place.plan(JobType::start, "a.service").error().why, Refused::transaction_is_destructive);
    auto const planned = place.plan(JobType::stop, "a.service", Mode::replace_irreversibly);
    ASSERT_TRUE(planned);
    EXPECT_TRUE(planned->jobs.front().irreversible);
}

TEST(Mode, isolate_stops_all_the_others_that_do_not_ask_to_be_spared) {
    Place place("t.target AllowIsolate Wants=a.service\nb.service\nc.service IgnoreOnIsolate\nd.service\ne.service");
    for (auto const name : {"b.service", "c.service", "d.service", "e.service", "-.slice"})
        place.ref(name);
    place.are("b.service=active c.service=active -.slice=active");
    place.queued("e.service/start");
    EXPECT_EQ(place.start("t.target", Mode::isolate),
              "t.target/start a.service/start? b.service/stop e.service/stop -e.service");
}

TEST(Mode, isolate_keeps_what_the_target_pulls_in) {
    Place place("t.target AllowIsolate Wants=a.service\nb.service Requires=a.service");
    place.ref("b.service");
    place.are("a.service=active b.service=active");
    EXPECT_EQ(place.start("t.target", Mode::isolate), "t.target/start b.service/stop");
}

TEST(Mode, flush_cancels_everything_queued) {
    Place place("a.service\nb.service\nc.service");
    place.ref("a.service");
    place.queued("b.service/start c.service/stop");
    EXPECT_EQ(place.start("a.service", Mode::flush), "a.service/start -b.service -c.service");
}

// -- with queued jobs

TEST(Queued, a_job_says_what_the_queued_one_becomes) {
    struct Case {
        std::string_view queued;
        JobType type;
        ActiveState active;
        JobType merged;
    };
    for (auto const& [queued, type, active, merged] : {
             Case{"start", JobType::start, ActiveState::inactive, JobType::start},
             Case{"start", JobType::restart, ActiveState::activating, JobType::restart},
             Case{"restart", JobType::start, ActiveState::active, JobType::restart},
             Case{"reload", JobType::restart, ActiveState::active, JobType::restart},
             Case{"verify-active", JobType::start, ActiveState::inactive, JobType::start},
             Case{"start", JobType::reload, ActiveState::activating, JobType::start},
             Case{"start", JobType::reload, ActiveState::active, JobType::reload},
             Case{"verify-active", JobType::reload, ActiveState::active, JobType::reload},
             Case{"stop", JobType::start, ActiveState::active, JobType::start},
         }) {
        Place place("a.service");
        place.queued("a.service/" + std::string(queued));
        place.facts_of("a.service").active = active;
        place.facts_of("a.service").can_reload = true;
        auto const planned = place.plan(type, "a.service");
        ASSERT_TRUE(planned);
        EXPECT_EQ(planned->jobs.front().type, type);
        EXPECT_EQ(planned->jobs.front().merged, merged) << queued << " + " << base::word(type);
    }
}

} // namespace
} // namespace mitori::manager
