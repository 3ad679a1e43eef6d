package deploy_test

// row is one row of the catalogue, by its number there.
type row struct {
	name        string
	given, then []string
	want        string
}

var catalogueRows = []row{
	{
		name: "01 a missed call",
		then: []string{
			`2026-11-23 09:00 enquiry.received {"enquiry":"q1","channel":"voicemail","from":"c1"}`,
		},
		want: `
2026-11-23 opens reply/q1 due 2026-11-30
2026-11-23 tells c1 by sms: enquiry-received
`,
	},
	{
		name: "02 a message",
		then: []string{
			`2026-11-23 09:00 message.received {"channel":"email","contact":"c2"}`,
		},
		want: `
2026-11-23 opens reply/e2 due 2026-11-30
2026-11-23 tells c2 by email: enquiry-received
`,
	},
	{
		name: "03 marked urgent",
		given: []string{
			`2026-11-23 09:00 enquiry.received {"enquiry":"q1","channel":"email","from":"c2"}`,
		},
		then: []string{
			`2026-11-23 10:00 contact.marked-urgent {"enquiry":"q1"}`,
		},
		want: `
2026-11-23 ends reply/q1: Its clock starts anew under the other rule.
2026-11-23 opens urgent-reply/q1 due 2026-11-24
2026-11-23 tells c2 by email: enquiry-received
`,
	},
	{
		name: "04 and 10 an officer is assigned, or another",
		then: []string{
			`2026-11-23 09:00 officer.changed {"officer":"o.amir"}`,
		},
		want: `
2026-11-23 tells c1 by sms: new-contact
2026-11-23 tells c2 by email: new-contact
`,
	},
	{
		name: "05 a person replies",
		given: []string{
			`2026-11-23 09:00 enquiry.received {"enquiry":"q1","channel":"email","from":"c1"}`,
			`2026-11-24 08:59 until`,
		},
		then: []string{
			`2026-11-24 10:00 reply.sent {"enquiry":"q1","channel":"email"}`,
		},
		want: `
2026-11-24 ends reply/q1: kept
`,
	},
	{
		name: "06 a call that nobody answers",
		given: []string{
			`2026-11-23 09:00 enquiry.received {"enquiry":"q1","channel":"email","from":"c1"}`,
			`2026-11-24 08:59 until`,
		},
		then: []string{
			`2026-11-24 10:00 call.attempted-no-answer {}`,
			`2026-11-24 14:00 call.attempted-no-answer {}`,
			`2026-11-25 10:00 call.attempted-no-answer {}`,
		},
		want: `
2026-11-24 tells c1 by sms: call-attempted
2026-11-24 tells c1 by sms: call-attempted
2026-11-25 tells c1 by sms: call-attempted
2026-11-25 asks a person: Offer the family another way to talk: an email, a letter, or a time that suits them
`,
	},
	{
		name: "07 and 08 due soon, then missed",
		given: []string{
			`2026-11-23 09:00 enquiry.received {"enquiry":"q1","channel":"email","from":"c1"}`,
		},
		then: []string{
			`2026-12-03 09:00 until`,
		},
		want: `
2026-11-26 tells staff o.jane by email: reply-due-soon
2026-11-30 late reply/q1
2026-11-30 tells staff o.jane by email: reply-overdue
2026-11-30 tells staff p.moira by email: reply-overdue
2026-11-30 tells c1 by sms: reply-late
2026-12-02 tells staff p.tomasz by email: reply-overdue
`,
	},
	{
		name: "09 no news for ten working days",
		given: []string{
			`2026-11-23 09:00 assessment.requested {}`,
		},
		then: []string{
			`2026-12-08 09:00 until`,
			`2026-12-08 10:00 update.sent {}`,
		},
		want: `
2026-12-03 tells staff o.jane by email: promise-due-soon
2026-12-07 late update/H-1
2026-12-07 tells staff o.jane by email: promise-overdue
2026-12-07 tells staff p.moira by email: promise-overdue
2026-12-07 tells c1 by sms: update-late
2026-12-07 tells c2 by email: update-late
2026-12-08 moves update/H-1 to 2026-12-22
`,
	},
	{
		name: "11 an assessment is asked for",
		then: []string{
			`2026-11-23 09:00 assessment.requested {}`,
		},
		want: `
2026-11-23 opens update/H-1 due 2026-12-07
2026-11-23 opens assessment-decision/H-1 due 2027-01-04
2026-11-23 opens draft-plan/H-1 due 2027-03-01
2026-11-23 opens no-plan-decision/H-1 due 2027-03-15
2026-11-23 opens final-plan/H-1 due 2027-04-12
2026-11-23 tells c1 by sms: assessment-requested
2026-11-23 tells c1 by email: assessment-requested
2026-11-23 tells c2 by email: assessment-requested
`,
	},
	{
		name: "12 it is agreed",
		given: []string{
			`2026-11-23 09:00 assessment.requested {}`,
			`2026-12-14 08:59 until`,
		},
		then: []string{
			`2026-12-14 10:00 assessment.agreed {}`,
		},
		want: `
2026-12-14 ends assessment-decision/H-1: kept
2026-12-14 moves update/H-1 to 2027-01-06
2026-12-14 tells c1 by sms: case-news
2026-12-14 tells c2 by email: case-news
2026-12-14 asks a person: Call the family and tell them who will be in touch
`,
	},
	{
		name: "13 it is refused",
		given: []string{
			`2026-11-23 09:00 assessment.requested {}`,
			`2026-12-14 08:59 until`,
		},
		then: []string{
			`2026-12-14 10:00 assessment.refused {}`,
		},
		want: `
2026-12-14 ends update/H-1: kept, late
2026-12-14 ends assessment-decision/H-1: kept
2026-12-14 ends draft-plan/H-1: kept
2026-12-14 ends no-plan-decision/H-1: kept
2026-12-14 ends final-plan/H-1: kept
2026-12-14 opens time-to-appeal/H-1 due 2027-02-15
2026-12-14 tells c1 by sms: case-news
2026-12-14 tells c2 by email: case-news
2026-12-14 asks a person: Call the family today and tell them what was decided, their right to appeal, mediation and SENDIASS. Then send the letter
`,
	},
	{
		name: "14 advice is asked for",
		then: []string{
			`2026-11-23 09:00 advice.requested {"adviser":"a-1"}`,
			`2026-11-23 09:00 advice.requested {"adviser":"a-2"}`,
		},
		want: `
2026-11-23 opens advice/a-1 due 2027-01-04
2026-11-23 opens advice/a-2 due 2027-01-04
`,
	},
	{
		name: "15 advice comes, or is late",
		given: []string{
			`2026-11-23 09:00 advice.requested {"adviser":"a-1"}`,
			`2026-11-23 09:00 advice.requested {"adviser":"a-2"}`,
			`2026-12-01 08:59 until`,
		},
		then: []string{
			`2026-12-01 10:00 advice.received {"adviser":"a-1"}`,
			`2027-01-05 08:00 until`,
		},
		want: `
2026-12-01 ends advice/a-1: kept
2026-12-01 tells c1 by email: step-taken
2026-12-01 tells c2 by email: step-taken
2026-12-10 tells staff o.jane by email: promise-due-soon
2027-01-04 late advice/a-2
2027-01-04 tells staff o.jane by email: promise-overdue
2027-01-04 tells staff p.moira by email: promise-overdue
2027-01-04 tells c1 by sms: report-late
2027-01-04 tells c2 by email: report-late
`,
	},
	{
		name: "16 an exception is recorded",
		given: []string{
			`2026-11-23 09:00 advice.requested {"adviser":"a-1"}`,
			`2026-12-21 08:59 until`,
		},
		then: []string{
			`2026-12-21 10:00 exception.recorded {"promise":"advice","kind":"circumstances","reason":"We wait for one more report.","until":"2027-01-20"}`,
			`2027-01-20 18:00 until`,
		},
		want: `
2026-12-21 tells c1 by email: exception-recorded
2026-12-21 tells c2 by email: exception-recorded
2027-01-04 late advice/a-1
2027-01-06 tells staff o.jane by email: promise-due-soon
2027-01-20 tells staff o.jane by email: promise-overdue
2027-01-20 tells staff p.moira by email: promise-overdue
2027-01-20 tells c1 by sms: report-late
2027-01-20 tells c2 by email: report-late
`,
	},
	{
		name: "17 there will be no plan",
		given: []string{
			`2026-11-23 09:00 assessment.requested {}`,
			`2026-12-14 10:00 assessment.agreed {}`,
			`2027-02-15 08:59 until`,
		},
		then: []string{
			`2027-02-15 10:00 plan.not-to-issue {}`,
		},
		want: `
2027-02-15 tells staff o.jane by email: promise-due-soon
2027-02-15 ends update/H-1: kept, late
2027-02-15 ends draft-plan/H-1: kept
2027-02-15 ends no-plan-decision/H-1: kept
2027-02-15 ends final-plan/H-1: kept
2027-02-15 opens time-to-appeal/H-1 due 2027-04-15
2027-02-15 tells c1 by sms: case-news
2027-02-15 tells c2 by email: case-news
2027-02-15 asks a person: Call the family today and tell them what was decided, their right to appeal, mediation and SENDIASS. Then send the letter
`,
	},
	{
		name: "18 the draft goes out",
		then: []string{
			`2026-11-23 09:00 plan.draft-sent {}`,
			`2026-12-08 09:00 until`,
		},
		want: `
2026-11-23 opens family-comments/H-1 due 2026-12-07
2026-11-23 tells c1 by sms: please-read
2026-11-23 tells c1 by email: please-read
2026-11-23 tells c2 by email: please-read
2026-11-29 tells c1 by sms: please-read-reminder
2026-11-29 tells c2 by email: please-read-reminder
2026-12-07 ends family-comments/H-1: The family's time is over.
`,
	},
	{
		name: "19 the family's comments come in",
		given: []string{
			`2026-11-23 09:00 plan.draft-sent {}`,
			`2026-12-01 08:59 until`,
		},
		then: []string{
			`2026-12-01 10:00 plan.family-comments-received {}`,
		},
		want: `
2026-12-01 ends family-comments/H-1: kept
2026-12-01 tells c1 by sms: comments-received
2026-12-01 tells c2 by email: comments-received
`,
	},
	{
		name: "20 schools are consulted, and one answers",
		then: []string{
			`2026-11-23 09:00 school.consulted {"school":"s-1"}`,
			`2026-11-23 09:00 school.consulted {"school":"s-2"}`,
			`2026-12-02 10:00 school.replied {"school":"s-2"}`,
		},
		want: `
2026-11-23 opens consultation/s-1 due 2026-12-08
2026-11-23 tells c1 by email: step-taken
2026-11-23 tells c2 by email: step-taken
2026-11-23 opens consultation/s-2 due 2026-12-08
2026-11-23 tells c1 by email: step-taken
2026-11-23 tells c2 by email: step-taken
2026-12-02 ends consultation/s-2: kept
2026-12-02 tells c1 by email: step-taken
2026-12-02 tells c2 by email: step-taken
`,
	},
	{
		name: "21 the final plan",
		given: []string{
			`2026-11-23 09:00 assessment.requested {}`,
			`2027-03-10 08:59 until`,
		},
		then: []string{
			`2027-03-10 10:00 plan.final-issued {}`,
		},
		want: `
2027-03-10 tells staff o.jane by email: promise-overdue
2027-03-10 tells staff p.moira by email: promise-overdue
2027-03-10 tells staff p.tomasz by email: promise-overdue
2027-03-10 tells c1 by sms: update-late
2027-03-10 tells c2 by email: update-late
2027-03-10 ends update/H-1: kept, late
2027-03-10 ends draft-plan/H-1: kept, late
2027-03-10 ends no-plan-decision/H-1: kept
2027-03-10 ends final-plan/H-1: kept
2027-03-10 opens annual-review/H-1 due 2028-03-09
2027-03-10 opens time-to-appeal/H-1 due 2027-05-10
2027-03-10 tells c1 by sms: case-news
2027-03-10 tells c2 by email: case-news
`,
	},
	{
		name: "22 a lawful time is missed",
		then: []string{
			`2026-11-23 09:00 timescale.missed {}`,
		},
		want: `
2026-11-23 asks a person: Write to the family in the name of a manager, with an apology, the reason, a new date and how to complain
`,
	},
	{
		name: "23 a review meeting is booked, moved and near",
		then: []string{
			`2026-11-23 09:00 review.meeting-booked {"meeting_on":"2027-01-20"}`,
			`2026-11-24 09:00 review.meeting-moved {"meeting_on":"2027-01-27"}`,
			`2026-11-25 09:00 review.invitation-sent {}`,
			`2027-01-27 18:00 until`,
		},
		want: `
2026-11-23 opens review-invitation/H-1 due 2027-01-06
2026-11-23 opens review-meeting/H-1 due 2027-01-20
2026-11-23 tells c1 by sms: meeting-booked
2026-11-23 tells c2 by email: meeting-booked
2026-11-24 moves review-invitation/H-1 to 2027-01-13
2026-11-24 moves review-meeting/H-1 to 2027-01-27
2026-11-24 tells c1 by sms: meeting-changed
2026-11-24 tells c2 by email: meeting-changed
2026-11-25 ends review-invitation/H-1: kept
2027-01-20 tells c1 by sms: meeting-reminder
2027-01-20 tells c2 by email: meeting-reminder
2027-01-26 tells c1 by sms: meeting-reminder
2027-01-26 tells c2 by email: meeting-reminder
2027-01-27 ends review-meeting/H-1: The family's time is over.
`,
	},
	{
		name: "23 with too little notice, then cancelled",
		then: []string{
			`2026-11-23 09:00 review.meeting-booked {"meeting_on":"2026-12-01"}`,
			`2026-11-24 09:00 review.meeting-cancelled {}`,
		},
		want: `
2026-11-23 opens review-invitation/H-1 due 2026-11-17
2026-11-23 opens review-meeting/H-1 due 2026-12-01
2026-11-23 tells staff o.jane by email: promise-overdue
2026-11-23 tells staff p.moira by email: promise-overdue
2026-11-23 tells c1 by sms: meeting-booked
2026-11-23 tells c2 by email: meeting-booked
2026-11-23 asks a person: Agree another date for the review, or ask the family whether this one will do: they have less than 2 weeks' notice (regulation 20(3))
2026-11-24 tells staff o.jane by email: promise-overdue
2026-11-24 tells staff p.moira by email: promise-overdue
2026-11-24 ends review-invitation/H-1: kept, late
2026-11-24 ends review-meeting/H-1: kept
2026-11-24 tells c1 by sms: meeting-changed
2026-11-24 tells c2 by email: meeting-changed
`,
	},
	{
		name: "23 the meeting is held",
		then: []string{
			`2026-12-03 16:00 review.meeting-held {}`,
		},
		want: `
2026-12-03 opens review-report/H-1 due 2026-12-17
2026-12-03 opens review-decision/H-1 due 2026-12-31
`,
	},
	{
		name: "24 the report of the meeting",
		given: []string{
			`2026-12-03 16:00 review.meeting-held {}`,
			`2026-12-10 08:59 until`,
		},
		then: []string{
			`2026-12-10 10:00 review.report-received {}`,
		},
		want: `
2026-12-10 ends review-report/H-1: kept
2026-12-10 tells c1 by email: step-taken
2026-12-10 tells c2 by email: step-taken
`,
	},
	{
		name: "25 the plan is to be amended",
		given: []string{
			`2026-12-03 16:00 review.meeting-held {}`,
			`2026-12-31 08:59 until`,
		},
		then: []string{
			`2026-12-31 10:00 review.decision {"decision":"amend","meeting_on":"2026-12-03"}`,
		},
		want: `
2026-12-31 ends review-report/H-1: kept, late
2026-12-31 ends review-decision/H-1: kept
2026-12-31 opens annual-review/H-1 due 2027-12-30
2026-12-31 opens amendment-comments/H-1 due 2027-01-14
2026-12-31 opens amended-plan/H-1 due 2027-02-25
2026-12-31 tells c1 by sms: please-read
2026-12-31 tells c1 by email: please-read
2026-12-31 tells c2 by email: please-read
`,
	},
	{
		name: "25 the plan ends",
		given: []string{
			`2026-12-03 16:00 review.meeting-held {}`,
			`2026-12-31 08:59 until`,
		},
		then: []string{
			`2026-12-31 10:00 review.decision {"decision":"cease"}`,
		},
		want: `
2026-12-31 ends review-report/H-1: kept, late
2026-12-31 ends review-decision/H-1: kept
2026-12-31 opens time-to-appeal/H-1 due 2027-03-01
2026-12-31 tells c1 by sms: case-news
2026-12-31 tells c2 by email: case-news
2026-12-31 asks a person: Call the family today and tell them what was decided, their right to appeal, mediation and SENDIASS. Then send the letter
`,
	},
	{
		name: "25 the plan stays",
		given: []string{
			`2026-12-03 16:00 review.meeting-held {}`,
			`2026-12-31 08:59 until`,
		},
		then: []string{
			`2026-12-31 10:00 review.decision {"decision":"keep"}`,
		},
		want: `
2026-12-31 ends review-report/H-1: kept, late
2026-12-31 ends review-decision/H-1: kept
2026-12-31 opens annual-review/H-1 due 2027-12-30
2026-12-31 opens time-to-appeal/H-1 due 2027-03-01
2026-12-31 tells c1 by sms: case-news
2026-12-31 tells c2 by email: case-news
`,
	},
	{
		name: "26 the amended plan",
		given: []string{
			`2026-12-31 10:00 review.decision {"decision":"amend","meeting_on":"2026-12-03"}`,
			`2027-02-20 08:59 until`,
		},
		then: []string{
			`2027-02-20 10:00 plan.amended-final {}`,
		},
		want: `
2027-02-20 ends amended-plan/H-1: kept
2027-02-20 opens time-to-appeal/H-1 due 2027-04-20
2027-02-20 tells c1 by sms: case-news
2027-02-20 tells c2 by email: case-news
`,
	},
	{
		name: "27 a phase transfer",
		then: []string{
			`2026-11-23 09:00 phase-transfer.opened {"phase":"primary"}`,
			`2027-02-01 10:00 placement.named {}`,
		},
		want: `
2026-11-23 opens phase-transfer/H-1 due 2027-02-14
2026-11-23 tells c1 by sms: planning-ahead
2026-11-23 tells c2 by email: planning-ahead
2027-01-18 tells staff o.jane by email: promise-due-soon
2027-02-01 ends phase-transfer/H-1: kept
2027-02-01 tells c1 by sms: case-news
2027-02-01 tells c2 by email: case-news
`,
	},
	{
		name: "27 to post-16",
		then: []string{
			`2026-11-23 09:00 phase-transfer.opened {"phase":"post-16"}`,
		},
		want: `
2026-11-23 opens phase-transfer-post-16/H-1 due 2027-03-30
2026-11-23 tells c1 by sms: planning-ahead
2026-11-23 tells c2 by email: planning-ahead
`,
	},
	{
		name: "27 from one post-16 place to another",
		then: []string{
			`2026-11-23 09:00 phase-transfer.opened {"phase":"post-16-move","move_on":"2027-09-06"}`,
		},
		want: `
2026-11-23 opens post-16-move/H-1 due 2027-04-06
2026-11-23 tells c1 by sms: planning-ahead
2026-11-23 tells c2 by email: planning-ahead
`,
	},
	{
		name: "28 there is no education",
		then: []string{
			`2026-11-23 09:00 provision.out-of-education {}`,
		},
		want: `
2026-11-23 opens urgent-call/H-1 due 2026-11-24
2026-11-23 tells c1 by sms: urgent-call
2026-11-23 tells c2 by email: urgent-call
2026-11-23 asks a person: Call the family today
`,
	},
	{
		name: "29 mediation",
		then: []string{
			`2026-11-23 09:00 mediation.requested {"contact":"c1"}`,
			`2026-12-01 10:00 mediation.held {}`,
			`2026-12-02 10:00 mediation.certificate {}`,
		},
		want: `
2026-11-23 opens mediation-meeting/H-1 due 2026-12-23
2026-11-23 tells c1 by email: request-received
2026-12-01 ends mediation-meeting/H-1: kept
2026-12-01 tells c1 by email: step-taken
2026-12-01 tells c2 by email: step-taken
2026-12-02 opens time-to-appeal-after-mediation/H-1 due 2027-01-04
`,
	},
	{
		name: "29 no mediation",
		then: []string{
			`2026-11-23 09:00 mediation.declined {"contact":"c1"}`,
		},
		want: `
2026-11-23 opens mediation-certificate/H-1 due 2026-11-26
`,
	},
	{
		name: "30 an appeal and an order to assess",
		given: []string{
			`2026-11-23 09:00 assessment.refused {}`,
			`2026-12-01 08:59 until`,
		},
		then: []string{
			`2026-12-01 10:00 appeal.registered {}`,
			`2027-03-01 10:00 order.made {"order":"assess"}`,
		},
		want: `
2026-12-01 ends time-to-appeal/H-1: kept
2026-12-01 tells c1 by email: case-news
2026-12-01 tells c2 by email: case-news
2027-03-01 opens order-assess/H-1 due 2027-03-15
2027-03-01 opens order-no-plan/H-1 due 2027-05-10
2027-03-01 opens order-assess-final/H-1 due 2027-06-07
2027-03-01 tells c1 by email: case-news
2027-03-01 tells c2 by email: case-news
`,
	},
	{
		name: "30 an order to make a plan",
		then: []string{
			`2026-11-23 09:00 order.made {"order":"make-plan"}`,
		},
		want: `
2026-11-23 opens order-draft/H-1 due 2026-12-28
2026-11-23 opens order-final/H-1 due 2027-02-08
2026-11-23 tells c1 by email: case-news
2026-11-23 tells c2 by email: case-news
`,
	},
	{
		name: "30 an order to amend",
		then: []string{
			`2026-11-23 09:00 order.made {"order":"amend"}`,
		},
		want: `
2026-11-23 opens order-amend/H-1 due 2026-12-28
2026-11-23 tells c1 by email: case-news
2026-11-23 tells c2 by email: case-news
`,
	},
	{
		name: "30 an order to name a school",
		then: []string{
			`2026-11-23 09:00 order.made {"order":"name-school"}`,
		},
		want: `
2026-11-23 opens order-name-school/H-1 due 2026-12-07
2026-11-23 tells c1 by email: case-news
2026-11-23 tells c2 by email: case-news
`,
	},
	{
		name: "31 a complaint, both stages",
		then: []string{
			`2026-11-23 09:00 complaint.received {"complaint":"k-1","contact":"c2"}`,
			`2026-11-25 10:00 complaint.acknowledged {"complaint":"k-1"}`,
			`2026-12-04 10:00 complaint.replied {"complaint":"k-1"}`,
			`2026-12-07 10:00 complaint.stage2 {"complaint":"k-1","contact":"c2"}`,
			`2026-12-09 10:00 complaint.acknowledged {"complaint":"k-1","stage":2}`,
		},
		want: `
2026-11-23 opens complaint-acknowledgement/k-1 due 2026-11-30
2026-11-23 tells c2 by email: request-received
2026-11-25 ends complaint-acknowledgement/k-1: kept
2026-11-25 opens complaint-reply/k-1 due 2026-12-09
2026-12-04 tells staff o.jane by email: promise-due-soon
2026-12-04 tells staff p.moira by email: promise-due-soon
2026-12-04 ends complaint-reply/k-1: kept
2026-12-07 opens complaint-acknowledgement/k-1 due 2026-12-14
2026-12-07 tells c2 by email: request-received
2026-12-09 ends complaint-acknowledgement/k-1: kept
2026-12-09 opens complaint-stage2/k-1 due 2027-01-15
`,
	},
	{
		name: "31 a complaint under the Children Act",
		then: []string{
			`2026-11-23 09:00 complaint.received {"complaint":"k-1","law":"children-act"}`,
			`2026-12-07 10:00 complaint.stage2 {"complaint":"k-1","law":"children-act","contact":"c1"}`,
			`2026-12-14 10:00 complaint.stage3 {"complaint":"k-1","contact":"c1"}`,
			`2027-01-14 10:00 complaint.panel-held {"complaint":"k-1"}`,
			`2027-01-18 10:00 complaint.panel-reported {"complaint":"k-1"}`,
		},
		want: `
2026-11-23 opens children-act-stage1/k-1 due 2026-12-07
2026-11-23 asks a person: Find out who wrote, and tell them and nobody else that we have it
2026-12-02 tells staff o.jane by email: promise-due-soon
2026-12-02 tells staff p.moira by email: promise-due-soon
2026-12-07 ends children-act-stage1/k-1: kept
2026-12-07 opens children-act-stage2/k-1 due 2027-01-14
2026-12-07 tells c1 by sms: request-received
2026-12-14 ends children-act-stage2/k-1: kept
2026-12-14 opens children-act-panel/k-1 due 2027-01-28
2026-12-14 tells c1 by sms: request-received
2027-01-14 ends children-act-panel/k-1: kept
2027-01-14 opens children-act-panel-report/k-1 due 2027-01-21
2027-01-18 ends children-act-panel-report/k-1: kept
2027-01-18 opens children-act-panel-reply/k-1 due 2027-02-08
`,
	},
	{
		name: "32 a subject access request",
		then: []string{
			`2026-12-31 10:00 sar.received {"request":"r-1","contact":"c1"}`,
		},
		want: `
2026-12-31 opens subject-access/r-1 due 2027-02-01
2026-12-31 tells c1 by email: request-received
`,
	},
	{
		name: "32 a freedom of information request",
		then: []string{
			`2026-11-23 09:00 foi.received {"request":"r-1","contact":"c1"}`,
		},
		want: `
2026-11-23 opens freedom-of-information/r-1 due 2026-12-22
2026-11-23 tells c1 by email: request-received
`,
	},
	{
		name: "32 a data protection complaint",
		then: []string{
			`2026-11-23 09:00 dp-complaint.received {"request":"r-1"}`,
		},
		want: `
2026-11-23 opens data-protection-complaint/r-1 due 2026-12-23
2026-11-23 asks a person: Find out who wrote, and tell them and nobody else that we have it
`,
	},
	{
		name: "33 a family moves in",
		then: []string{
			`2026-11-23 09:00 move.in {"reviewed_on":"2026-06-01"}`,
		},
		want: `
2026-11-23 opens move-in/H-1 due 2027-01-04
2026-11-23 opens move-in-review/H-1 due 2027-06-01
2026-11-23 tells c1 by sms: welcome
2026-11-23 tells c2 by email: welcome
`,
	},
	{
		name: "33 a family moves out",
		then: []string{
			`2026-11-23 09:00 move.out {}`,
		},
		want: `
2026-11-23 opens move-out/H-1 due 2026-12-11
2026-11-23 tells c1 by sms: hand-over
2026-11-23 tells c2 by email: hand-over
`,
	},
	{
		name: "34 a number changes, and a contact is not safe",
		given: []string{
			`2026-11-23 09:00 enquiry.received {"enquiry":"q1","from":"c1"}`,
		},
		then: []string{
			`2026-11-23 10:00 contact.unsafe {"id":"c1","do_not":["sms"]}`,
			`2026-11-23 11:00 contact.changed {"id":"c1","name":"Sam Taylor","mobile":"07700 900109","email":"new@family.example"}`,
		},
		want: `
2026-11-23 asks a person: Ask the contact in a safe way whether the new number or address is theirs
`,
	},
	{
		name: "35 who wants no texts is told by email",
		given: []string{
			`2026-11-23 09:00 contact.opted-out {"contact":"c1","channel":"sms"}`,
		},
		then: []string{
			`2026-11-23 10:00 enquiry.received {"enquiry":"q1","from":"c1"}`,
		},
		want: `
2026-11-23 opens reply/q1 due 2026-11-30
2026-11-23 tells c1 by email: enquiry-received
`,
	},
	{
		name: "36 the end of compulsory school age",
		then: []string{
			`2026-11-23 09:00 yp.reaches-end-of-compulsory-school-age {}`,
		},
		want: `
2026-11-23 tells c1 by sms: who-to-talk-to
2026-11-23 tells c2 by email: who-to-talk-to
2026-11-23 asks a person: Ask the young person and the parent whom we talk to from now on
`,
	},
	{
		name: "37 the plan ends, the case closes",
		given: []string{
			`2026-11-23 09:00 assessment.requested {}`,
			`2026-12-01 08:59 until`,
		},
		then: []string{
			`2026-12-01 10:00 plan.ceased {}`,
			`2026-12-02 10:00 case.closed {}`,
		},
		want: `
2026-12-01 tells c1 by sms: case-news
2026-12-01 tells c2 by email: case-news
2026-12-02 ends update/H-1: The case was closed.
2026-12-02 ends assessment-decision/H-1: The case was closed.
2026-12-02 ends draft-plan/H-1: The case was closed.
2026-12-02 ends no-plan-decision/H-1: The case was closed.
2026-12-02 ends final-plan/H-1: The case was closed.
`,
	},
	{
		name: "37 a child has died",
		given: []string{
			`2026-11-23 09:00 assessment.requested {}`,
			`2026-11-23 09:00 advice.requested {"adviser":"a-1"}`,
			`2026-12-01 08:59 until`,
		},
		then: []string{
			`2026-12-01 10:00 case.stopped {}`,
			`2026-12-02 10:00 plan.final-issued {}`,
			`2027-06-01 10:00 until`,
		},
		want: `
2026-12-01 ends update/H-1: The case was stopped: nothing more is sent to anybody.
2026-12-01 ends assessment-decision/H-1: The case was stopped: nothing more is sent to anybody.
2026-12-01 ends draft-plan/H-1: The case was stopped: nothing more is sent to anybody.
2026-12-01 ends no-plan-decision/H-1: The case was stopped: nothing more is sent to anybody.
2026-12-01 ends final-plan/H-1: The case was stopped: nothing more is sent to anybody.
2026-12-01 ends advice/a-1: The case was stopped: nothing more is sent to anybody.
`,
	},
	{
		name: "a plan is assessed again",
		then: []string{
			`2026-11-23 09:00 assessment.requested {"reassessment":true}`,
			`2026-12-01 10:00 assessment.agreed {"reassessment":true}`,
		},
		want: `
2026-11-23 opens update/H-1 due 2026-12-07
2026-11-23 opens reassessment-decision/H-1 due 2026-12-08
2026-11-23 tells c1 by sms: assessment-requested
2026-11-23 tells c1 by email: assessment-requested
2026-11-23 tells c2 by email: assessment-requested
2026-12-01 ends reassessment-decision/H-1: kept
2026-12-01 moves update/H-1 to 2026-12-15
2026-12-01 opens reassessment-final/H-1 due 2027-03-09
2026-12-01 tells c1 by sms: case-news
2026-12-01 tells c2 by email: case-news
2026-12-01 asks a person: Call the family and tell them who will be in touch
`,
	},
}
