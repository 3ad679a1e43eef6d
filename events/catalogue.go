package events

import (
	"slices"
	"sync"
)

// Origin says who speaks in an event.
type Origin string

const (
	FromServices   Origin = "services"    // a council's systems; the whole meaning is Hearback's
	FromCallbacks  Origin = "callbacks"   // providers' callbacks, links in messages, and the console
	FromSENDSystem Origin = "send-system" // the SEND catalogue; the meaning is the book's
	FromHearback   Origin = "hearback"    // an outcome, published by Hearback
)

// Kind describes one type of event.
type Kind struct {
	Type    string
	Origin  Origin
	Meaning string // one line in plain words
}

// Catalogue lists every type there is, in a fixed order. The slice is the caller's own.
func Catalogue() []Kind { return slices.Clone(kinds) }

// Known reports whether the type is in the [Catalogue], as an event or as an outcome.
func Known(eventType string) bool {
	_, known := kindOf()[eventType]
	return known
}

// IsOutcome reports whether Hearback itself publishes the type. Nobody may send it
// to Hearback.
func IsOutcome(eventType string) bool {
	return kindOf()[eventType].Origin == FromHearback
}

// kindOf gives the catalogue by type. Its map is made once and never written again.
var kindOf = sync.OnceValue(func() map[string]Kind {
	byType := make(map[string]Kind, len(kinds))
	for _, kind := range kinds {
		byType[kind.Type] = kind
	}
	return byType
})

// kinds is the catalogue: read it, never write it.
var kinds = []Kind{
	{TypeCaseOpened, FromServices, "a case is known, with its team, officer and contacts"},
	{TypeCaseChanged, FromServices, "something about a case is different; what is absent stays as it was"},
	{TypeCaseClosed, FromServices, "a case is finished; no new chases begin"},
	{TypeCaseStopped, FromServices, "a child has died; everything stops at once"},
	{TypeEnquiryReceived, FromServices, "a family got in touch and is owed a reply"},
	{TypeReplySent, FromServices, "a person has answered the family"},
	{TypeReplyPostponed, FromServices, "a person has given the family a new date"},
	{TypeOfficerChanged, FromServices, "somebody else owes the reply from now on"},
	{TypeOfficerAway, FromServices, "the officer is away, and who covers"},
	{TypeContactChanged, FromServices, "a contact is new or has new details"},
	{TypeContactUnsafe, FromServices, "ways that must not be used to reach a contact"},

	{TypeMessageReceived, FromCallbacks, "a family wrote back to a message"},
	{TypeReceiptReceived, FromCallbacks, "a provider says what became of a message"},
	{TypeContactOptedOut, FromCallbacks, "a contact wants no more messages of one kind"},
	{TypeContactOptedIn, FromCallbacks, "a contact wants messages of one kind again"},
	{TypeContactWished, FromCallbacks, "a contact says how they want to be reached"},
	{TypeContactConfirmed, FromCallbacks, "a person has checked that a changed number or address is the contact's"},
	{TypeOfficerDeclined, FromCallbacks, "an officer says that a reply is not theirs to give"},
	{TypeOfficerTexted, FromCallbacks, "a member of staff answered a chase by text"},
	{TypeTaskDone, FromCallbacks, "a person has finished a task"},
	{TypeCaseReplanned, FromCallbacks, "a manager moves a case's open promises to another version of the book"},

	{TypeMessageSent, FromHearback, "a provider has accepted a message"},
	{TypeMessageDelivered, FromHearback, "a provider says that a message has arrived"},
	{TypeMessageFailed, FromHearback, "a message will not arrive"},
	{TypePromiseLate, FromHearback, "a promise has passed its due date without a reply"},
	{TypePromiseKept, FromHearback, "a promise was kept"},
	{TypeTaskOpened, FromHearback, "a person has to do something by hand"},

	{TypeAssessmentRequested, FromSENDSystem, "somebody asked for an education, health and care (EHC) needs assessment"},
	{TypeAssessmentAgreed, FromSENDSystem, "the council will assess"},
	{TypeAssessmentRefused, FromSENDSystem, "the council will not assess; the family may appeal"},
	{TypeAdviceRequested, FromSENDSystem, "a professional was asked for advice"},
	{TypeAdviceReceived, FromSENDSystem, "advice came in"},
	{TypeAdviceOverdue, FromSENDSystem, "advice is late"},
	{TypeExceptionRecorded, FromSENDSystem, "an officer recorded a lawful reason for lateness; no date moves by itself"},
	{TypePlanNotToIssue, FromSENDSystem, "there will be no plan; the family may appeal"},
	{TypePlanDraftSent, FromSENDSystem, "the draft plan was served; the family has 15 days"},
	{TypePlanFamilyCommentsReceived, FromSENDSystem, "the family's comments on the draft came in"},
	{TypePlanFinalIssued, FromSENDSystem, "the final plan was issued"},
	{TypePlanAmendedFinal, FromSENDSystem, "the amended final plan was issued"},
	{TypePlanCeased, FromSENDSystem, "the plan has ended"},
	{TypeSchoolConsulted, FromSENDSystem, "a school or college was consulted"},
	{TypeSchoolReplied, FromSENDSystem, "a school or college answered the consultation"},
	{TypeTimescaleMissed, FromSENDSystem, "a lawful time limit was missed"},
	{TypeReviewMeetingBooked, FromSENDSystem, "an annual review meeting has a date"},
	{TypeReviewMeetingMoved, FromSENDSystem, "an annual review meeting has another date"},
	{TypeReviewMeetingCancelled, FromSENDSystem, "an annual review meeting was cancelled"},
	{TypeReviewMeetingHeld, FromSENDSystem, "an annual review meeting took place"},
	{TypeReviewReportReceived, FromSENDSystem, "the report of a review meeting came in"},
	{TypeReviewDecision, FromSENDSystem, "after a review: keep, amend or cease the plan"},
	{TypePhaseTransferOpened, FromSENDSystem, "a move to the next phase of education has begun"},
	{TypePlacementNamed, FromSENDSystem, "the plan names a school or college"},
	{TypeProvisionBreakdown, FromSENDSystem, "a placement or its support is breaking down"},
	{TypeProvisionOutOfEducation, FromSENDSystem, "a child or young person has no education"},
	{TypeProvisionExclusionRisk, FromSENDSystem, "there is a risk of exclusion"},
	{TypeMediationRequested, FromSENDSystem, "the family asked for mediation"},
	{TypeMediationHeld, FromSENDSystem, "mediation took place"},
	{TypeMediationCertificate, FromSENDSystem, "a mediation certificate was issued"},
	{TypeAppealRegistered, FromSENDSystem, "the tribunal registered an appeal"},
	{TypeOrderMade, FromSENDSystem, "the tribunal made an order"},
	{TypeComplaintReceived, FromSENDSystem, "a complaint came in"},
	{TypeComplaintAcknowledged, FromSENDSystem, "a complaint was acknowledged"},
	{TypeComplaintReplied, FromSENDSystem, "a complaint was answered"},
	{TypeComplaintStage2, FromSENDSystem, "a complaint went to stage 2"},
	{TypeSARReceived, FromSENDSystem, "somebody asked for their own data (subject access request)"},
	{TypeFOIReceived, FromSENDSystem, "a freedom of information request came in"},
	{TypeDPComplaintReceived, FromSENDSystem, "a data protection complaint came in"},
	{TypeMoveIn, FromSENDSystem, "the family moved into the council's area"},
	{TypeMoveOut, FromSENDSystem, "the family moved out of the council's area"},
	{TypeCallAttemptedNoAnswer, FromSENDSystem, "an officer called and nobody answered; the reply is still owed"},
	{TypeContactMarkedUrgent, FromSENDSystem, "an officer marked what a family said as urgent"},
	{TypeYoungPersonLeavesSchoolAge, FromSENDSystem, "the rights pass from the parent to the young person"},
	{TypeUpdateSent, FromSENDSystem, "a person told the family how things stand"},
	{TypeReviewInvitationSent, FromSENDSystem, "the family and the others were invited to a review, with the reports"},
	{TypePlanTransferred, FromSENDSystem, "the plan went to the new council"},
	{TypePlanTransferNotified, FromSENDSystem, "the family was told what follows from the plan's transfer"},
	{TypeMediationDeclined, FromSENDSystem, "the family does not want mediation; a certificate is due"},
	{TypeComplaintStage3, FromSENDSystem, "a review panel was asked for"},
	{TypeComplaintPanelHeld, FromSENDSystem, "the review panel met"},
	{TypeComplaintPanelReported, FromSENDSystem, "the review panel sent its report"},
	{TypeSARAnswered, FromSENDSystem, "somebody had their own data"},
	{TypeFOIAnswered, FromSENDSystem, "a freedom of information request was answered"},
	{TypeDPComplaintAcknowledged, FromSENDSystem, "a data protection complaint was acknowledged"},
	{TypeDPComplaintAnswered, FromSENDSystem, "a data protection complaint was answered"},
}
