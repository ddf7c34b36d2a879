"""
Which public values there are, by the module that offers them: what JSON calls each of them follows from this.

A name stays for ever, and so does each schema of it: a class that is called otherwise from some release on
keeps its name here, written as ``old-name=NewClass``. What a store keeps is not listed again; it is called as
in `itsmkit.plugin.documents`.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

__all__ = ["ROWS", "Row", "type_name"]


class Row(NamedTuple):
    """
    A type of values.

    Args:
        name: What it is called in JSON.
        module: The public module that offers the class.
        kind: The name of the class.
    """

    name: str
    module: str
    kind: str


_WORD_ENDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def type_name(room: str, kind: str) -> str:
    """
    Return what JSON calls a class.

    >>> type_name("cmdb", "CIClass")
    'cmdb.ci-class'
    """
    return f"{room}.{_WORD_ENDS.sub('-', kind).lower()}"


def _row(room: str, entry: str) -> Row:
    name, _, kind = entry.rpartition("=")
    return Row(f"{room}.{name}" if name else type_name(room, kind), f"itsmkit.{room}", kind)


_KINDS: Mapping[str, str] = {
    "calendars": """
        Breaks BusinessCalendar BusinessDays CalendarVersions Cause CauseKind CombinedTime CountFrom
        ExplainedSpan Explanation HolidayCalendar HoursSpan Landing Recurrence SetOperation TimeOfDay
        TimeSpan WeeklyHours
    """,
    "calendars.amount": """
        PlainAmount
    """,
    "calendars.explanation": """
        Reason
    """,
    "cmdb": """
        AllowedRelation AttributeFault AttributeProblem BrokenCardinality CIClass ClassModel
        ClassWithoutDependents Clause ColdStart ConfigurationDocument ConfigurationGraph DanglingRelation
        Effect Facet Flow GovernanceViolation IdleImpactRule Impact ImpactRule LevelChain LookUp
        Presentation Proof ProofStep Provenance RelationType Seed Shortfall SourceRelation
        UnkeepableOrphanRule UnmetRule UnrelatedMembers
    """,
    "cmdb.causes": """
        Cause CauseClass Diagnosis Evidence Findings JointCause MajorIncidentEvidence MajorIncidentRule
        OpenChange Priors Question Reporting Symptom
    """,
    "cmdb.change": """
        BlastRadius ChangeCalendar Collision CollisionKind NoFreeSlot PlannedChange SlackLoss Worsening
    """,
    "cmdb.health": """
        Aspect AsymmetricMember ClassHealth DesiredState DoubtfulRecord DuplicateItem DuplicateRelation
        HealthIssue HealthMetric HealthReport HealthRules MarkedDuplicate MissingAttributes NotAsDesired
        Orphan RelationOfDuplicate SourceConfidence StaleRecord UnusedRecord WrongAttributes
    """,
    "cmdb.history": """
        Absent Baseline CombinationConflict ConfigurationDiff ConfigurationTimeline ConfigurationVersion
        ConfigurationView FieldChange FieldConflict FindingConflict ImpactDiff LevelChange Merge
        MissingEndConflict RecordChange RecordKey RemovalConflict SettingConflict UnreadableRecord
    """,
    "cmdb.reconciliation": """
        ClashingClasses ContradictingRecords CyclicParents DuplicateItems EffectiveValue
        IdentificationDecision IdentificationRule IdentifierConflict IdentifierEntry IdleLock Outcome
        PrecedenceRule Reconciliation ReconciliationRules RejectedEntry RejectedValue RepeatedIdentifier
        SeveralValues SourcePolicy SplitItem StagingArea TwinRecords UnknownClass UnknownRelationType
        UnresolvedRelation UnsettledRecords
    """,
    "cmdb.redundancy": """
        Threshold
    """,
    "cmdb.risk": """
        FalseRedundancy Importance Risk
    """,
    "conditions": """
        Condition Explanation FactKind FactSchema FactType Operator
    """,
    "desk": """
        BulkOutcome BulkOutcomes CIContext ConfigurationRules ConnectedTicket DeliveryReport DeskConfig
        Difference DueReport ErasedTickets FoundTickets KeptConfiguration LinkedTicket NextDeadline
        Reconciled Relived RereadReport RulesChange TimerFailure WorkReport
    """,
    "desk.access": """
        DueGrant
    """,
    "desk.aids": """
        OfferedAids
    """,
    "desk.automation": """
        Rehearsal RuleTrouble RulesReport WouldHave
    """,
    "desk.escalation": """
        LadderStanding
    """,
    "desk.knowledge_reading": """
        FoundArticle
    """,
    "desk.operations": """
        Need
    """,
    "desk.ordering": """
        OrderView
    """,
    "desk.portal_knowledge": """
        Advice
    """,
    "desk.schedules": """
        SchedulesReport UpcomingTicket
    """,
    "desk.search": """
        FoundTicket
    """,
    "desk.surveys": """
        SendingReport
    """,
    "interchange": """
        Closure Closures EventLog EventLogColumns EventLogFormat Finding FindingKind LogEntry
    """,
    "interchange.inventory": """
        AttributeColumn ClassColumn ColumnMap ColumnType ImportFinding ImportLimits ImportPosition
        ImportProgress ImportReport ImportSeverity InventoryFormat LookUpColumns RelationColumn
    """,
    "languages": """
        Direction Joined LanguageTag Languages Message Term
    """,
    "languages.entry": """
        Entry PoFile
    """,
    "languages.placeholders": """
        Placeholder
    """,
    "money": """
        Money Rounding
    """,
    "plugin": """
        BackupReport CIFacet ChainHead ClaimedTimer DeliveryReceipt Discovery DiscoveryProblem
        DiscoveryRun Heads Order PluginState PluginStatus PositionedEvent RowKind StoreRow StoreVersions
        StoredStaging TicketDeadline TicketPage TicketQuery Timer UpgradeStep
    """,
    "plugin.documents": """
        Sealed
    """,
    "plugin.dump_file": """
        DumpPart
    """,
    "plugin.dump_reading": """
        ReadRow
    """,
    "plugin.paging": """
        Kind PageEnd
    """,
    "plugin.verification": """
        Anchor FindingKind SealCheck StoreFinding Verification
    """,
    "practices": """
        AttachmentRules Audience BillingRow Category CategoryTree Decision DurationRounding Effect
        EscalationPolicy EscalationStep Field FieldKind FieldMigration FieldSet ImpactPolicy ImpactRule
        Inheritance Inherited KindOfWork Level Notice Observation Occasion Outcome PriorityExplanation
        PromisePolicy PromiseWords PromisedTime PublicFile PublicLetter PublicTicket Rate ReopenPolicy
        Resolution ResolutionRules RoundedBy ServiceLevelDifference TagRules TicketRules Variants
        WorkItem WorkLogPolicy
    """,
    "practices.access": """
        AccessRules ConflictingDuties DutyConflict Grant HeldRole Permit Policy Relation Restriction Role
        Scope Verdict Viewer
    """,
    "practices.assets": """
        Asset AssetClass AssetCost AssetDecision AssetDescribed AssetDocument AssetEvent AssetManagement
        AssetRegistered Assigned Contract CostShare Counted Coverage Depreciation DepreciationMethod
        DepreciationPeriod DepreciationTerms Ending EntitlementBought EntitlementReturned
        EntitlementUpgraded InstallationRemoved InstallationSeen Installed LicenceMetric LicencePosition
        LicenceProduct LifeCycleMoved Moved PricePer ProductPosition Proration ReEstimate ReEstimated
        Reclassified Scan ServiceCosts StartConvention StockTake Stretch Warranty Whereabouts
        WipeCertified WipeWithdrawn
    """,
    "practices.appointments": """
        Appointment AppointmentState Availability Booking Diary Slot
    """,
    "practices.automation": """
        FactChange Hours Judgement Lead Moment Otherwise RobotOutcome RobotReport RobotTask Rule RuleFault
        RuleFinding Ruling StepPreview Trigger
    """,
    "practices.catalogue": """
        Advance CatalogueEntry CatalogueItem DirectoryLine EntryState OrderApproval OrderForm
        OrderProgress Per PublishedItem RecurringPrice SupportHours VoteAwaited
    """,
    "practices.classification": """
        Advice AdviceAction AtGate Band Classification ClassificationMode ClassificationPolicy
        Decided Evaluation Example Judged OfLabel Outlook Prediction ShadowReport
        TrainedModel
    """,
    "practices.conversations": """
        BotAct BotAnswer BotDeed BotHandover BotQuestion ConversationEnd ConversationRules
        ConversationSession ConversationState Intent Line ScriptedBot Speaker Turn
    """,
    "practices.escalation": """
        Bounces CatchUp DeliveryRule DueStep Hours Importance Ladder LadderStep LineRoute NextStep RoleHolder
        Standing Standings Taken Telling Trigger
    """,
    "practices.delegated_votes": """
        DelegatedVotes Delegators VoteDelegation
    """,
    "practices.coaching": """
        CoachingNote
    """,
    "practices.experience": """
        CrossedTheme Measure Respondent Round Survey SurveyPolicy SurveyWords ThemeRules ThemeThreshold
    """,
    "practices.fields": """
        ReadValues
    """,
    "practices.forms": """
        AnswerComparison Check Form FormAnswers FormField FormFieldKind FormReading HiddenAnswers
    """,
    "practices.improvement": """
        Improvement ImprovementState WhichWay
    """,
    "practices.links": """
        Cascade CascadeAction Course LinkEnd LinkType Milestone
    """,
    "practices.measuring": """
        MeasuresPolicy
    """,
    "practices.portal": """
        Outage PortalApproval PortalArticle PortalOffer PortalOrder PortalRating PortalRules PortalTicket
        PublicStatus
    """,
    "practices.promises": """
        PromiseChange
    """,
    "practices.state_timers": """
        Stay
    """,
    "practices.knowledge": """
        Article ArticleFeedback ArticleText KnowledgeRules KnowledgeSession OverdueReview
        PublishedVersion Reading SessionEnd Variant
    """,
    "practices.remote_sessions": """
        Consent RemoteAccess RemoteSession SessionRef
    """,
    "practices.routing": """
        AdvicePolicy Candidate CategoryNeed Fallback FallbackStep Familiarity LoadWeights Obstacle Routed
        RoutingAdvice RoutingPolicy RoutingRule RoutingState Situation SkillNeed Strategy Strength Team
        Unassignable WeighedAdvice
    """,
    "practices.work_aids": """
        CannedReply CatchUp Checklist ChecklistItem ChecklistTemplate DueOccurrence Macro MacroStep
        Occurrence ReplyAction ReplyPolicy Schedule ShiftRule SuggestedReply Suggestion TicketTemplate
    """,
    "packs": """
        InstallReport Pack PackArticle PackRecord
    """,
    "reporting": """
        Attainment Day GroupFigures IncidentReport ResolutionTimes
    """,
    "reporting.agent_measures": """
        AdjustedMeasure AgentFigures HandledTicket HiddenTeam OwnView TeamFigures
    """,
    "reporting.conversations": """
        ConversationFigures ConversationReport
    """,
    "reporting.desk_value": """
        DeskValue
    """,
    "reporting.escalation": """
        Backtest EscalationFigures WouldTake
    """,
    "reporting.experience": """
        ExperienceWeights ServiceExperience
    """,
    "reporting.skill_gaps": """
        SkillGap SkillGapReport
    """,
    "reporting.lead_time": """
        LeadTime StageOfWork
    """,
    "reporting.knowledge": """
        ArticleFigures KnowledgeReport
    """,
    "rotas": """
        Acknowledgement Consent Duty DutyReason DutyRole DutyRule DutyShare FairnessReport Gap HandOffNote
        Leave LeaveApproval LeaveRule OnDuty Overlap Override Post Roster Rota RotaLayer Swap SwapState
        """,
    "search": """
        CountedTerm CountedWords Hit QueryPlan Ranking SearchDocument SearchQuery Snippet Term WeighedTerm
    """,
    "simulate": """
        Outage SimulatedMonth
    """,
    "sla": """
        AgreementBook Availability Backtest CalendarRule Candidate Checkpoint CheckpointKey ClockCycle
        ClockEvent ClockPhase ClockReading ClockState Difference DueCheckpoint Finding FindingKind
        FollowedClock Leg LegChain OperationalLevelAgreement Promise Reopening Resolution
        ServiceLevelAgreement Standing Target Terms UnderpinningContract Verdict WorstCase
    """,
    "tickets": """
        Actor AskedToVote Attachment Became CascadeRefusal Link Participant PriorityMatrix WorkEntry
    """,
    "tickets.structure": """
        Criticality Organisation Person PersonKind Service ServiceOffering Site Skill Structure
        SupportGroup
    """,
    "workflow": """
        AllGuards AnyGuard Availability CompositeState Deadline Finding FindingKind Fired Guard Migration
        MigrationPreview NegatedGuard NeverWithout Severity State StateCategory StateTimer Step
        Transition Verdict Workflow WorkflowDefinition
    """,
    "workflow.approvals": """
        AllRules AnyRule ApprovalPolicy ApprovalReading ApprovalRequest Approver AtLeast Ballot Count
        Delegation Delegations EachRole Everybody FactApprovers IgnoredEvent InParallel InSequence Of
        OnTimeout Outcome Quorum Reason ReasonKind RoleApprovers Seat SeatedStage Share Stage
        StageReading StageStatus Tally Vote VoteRequest WeightAtLeast Withdrawal
    """,
    "workflow.conformance": """
        Alignment AlignmentStep Conformance Deviation DeviationKind DirectlyFollows Discovery Guess
        StateSeen Stay StepKind Variant
    """,
    "workflow.diagrams": """
        Frequencies
    """,
    "workflow.tasks": """
        FactsChanged OnFailure PlanCause PlanCauseKind PlannedTask Schedule Task TaskCause TaskCauseKind
        TaskDone TaskFailed TaskGraph TaskGraphBegun TaskGraphReading TaskReading TaskReopened
        TaskSkipped TaskStarted TaskStatus
    """,
    "workforce": """
        Agent ArrivalForecast ArrivalHistory ArrivalModel Demand Estimate ExponentialTimes ForecastBacktest
        ForecastFold HourForecast HourlyNeed LognormalTimes ObservedTimes OpenShift PlannedShift QueueFigures
        Rate Requirement Roster RosterComparison RosterOutcome ServiceGoal ShiftPattern ShiftPlan StaffMember
        StaffedRoster StreamDifference StreamOutcome WorkStream
    """,
}

ROWS: tuple[Row, ...] = tuple(
    _row(room, entry) for room, entries in _KINDS.items() for entry in entries.split()
)
"""All types but those of a store, by room."""
