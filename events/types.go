package events

// What services tell Hearback about a case and its family.
const (
	TypeCaseOpened      = "case.opened"
	TypeCaseChanged     = "case.changed"
	TypeCaseClosed      = "case.closed"
	TypeCaseStopped     = "case.stopped"
	TypeEnquiryReceived = "enquiry.received"
	TypeReplySent       = "reply.sent"
	TypeReplyPostponed  = "reply.postponed"
	TypeOfficerChanged  = "officer.changed"
	TypeOfficerAway     = "officer.away"
	TypeContactChanged  = "contact.changed"
	TypeContactUnsafe   = "contact.unsafe"
)

// What providers' callbacks, links in messages, the console and the command line add.
const (
	TypeMessageReceived  = "message.received"
	TypeReceiptReceived  = "receipt.received"
	TypeContactOptedOut  = "contact.opted-out"
	TypeContactOptedIn   = "contact.opted-in"
	TypeContactWished    = "contact.wished"
	TypeContactConfirmed = "contact.confirmed"
	TypeOfficerDeclined  = "officer.declined"
	TypeOfficerTexted    = "officer.texted"
	TypeTaskDone         = "task.done"
	TypeCaseReplanned    = "case.replanned"
)

// What Hearback publishes for other services to follow.
const (
	TypeMessageSent      = "message.sent"
	TypeMessageDelivered = "message.delivered"
	TypeMessageFailed    = "message.failed"
	TypePromiseLate      = "promise.late"
	TypePromiseKept      = "promise.kept"
	TypeTaskOpened       = "task.opened"
)

// The catalogue of events in special educational needs and disability (SEND) work in
// England. Hearback gives them no meaning of its own: the managers' book says which
// of them start or stop a clock.
const (
	TypeAssessmentRequested        = "assessment.requested"
	TypeAssessmentAgreed           = "assessment.agreed"
	TypeAssessmentRefused          = "assessment.refused"
	TypeAdviceRequested            = "advice.requested"
	TypeAdviceReceived             = "advice.received"
	TypeAdviceOverdue              = "advice.overdue"
	TypeExceptionRecorded          = "exception.recorded"
	TypePlanNotToIssue             = "plan.not-to-issue"
	TypePlanDraftSent              = "plan.draft-sent"
	TypePlanFamilyCommentsReceived = "plan.family-comments-received"
	TypePlanFinalIssued            = "plan.final-issued"
	TypePlanAmendedFinal           = "plan.amended-final"
	TypePlanCeased                 = "plan.ceased"
	TypeSchoolConsulted            = "school.consulted"
	TypeSchoolReplied              = "school.replied"
	TypeTimescaleMissed            = "timescale.missed"
	TypeReviewMeetingBooked        = "review.meeting-booked"
	TypeReviewMeetingMoved         = "review.meeting-moved"
	TypeReviewMeetingCancelled     = "review.meeting-cancelled"
	TypeReviewMeetingHeld          = "review.meeting-held"
	TypeReviewReportReceived       = "review.report-received"
	TypeReviewDecision             = "review.decision"
	TypePhaseTransferOpened        = "phase-transfer.opened"
	TypePlacementNamed             = "placement.named"
	TypeProvisionBreakdown         = "provision.breakdown"
	TypeProvisionOutOfEducation    = "provision.out-of-education"
	TypeProvisionExclusionRisk     = "provision.exclusion-risk"
	TypeMediationRequested         = "mediation.requested"
	TypeMediationHeld              = "mediation.held"
	TypeMediationCertificate       = "mediation.certificate"
	TypeAppealRegistered           = "appeal.registered"
	TypeOrderMade                  = "order.made"
	TypeComplaintReceived          = "complaint.received"
	TypeComplaintAcknowledged      = "complaint.acknowledged"
	TypeComplaintReplied           = "complaint.replied"
	TypeComplaintStage2            = "complaint.stage2"
	TypeSARReceived                = "sar.received"
	TypeFOIReceived                = "foi.received"
	TypeDPComplaintReceived        = "dp-complaint.received"
	TypeMoveIn                     = "move.in"
	TypeMoveOut                    = "move.out"
	TypeCallAttemptedNoAnswer      = "call.attempted-no-answer"
	TypeContactMarkedUrgent        = "contact.marked-urgent"
	TypeYoungPersonLeavesSchoolAge = "yp.reaches-end-of-compulsory-school-age"
)
