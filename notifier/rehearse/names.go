package rehearse

import "hearback/events"

// Names are put together at random from two lists of names that are common in
// one part of the world or another. They mean nobody.
var (
	givenNames = []string{
		"Abdi", "Aisha", "Andrei", "Arun", "Ayodele", "Bartek", "Beatrix", "Callum", "Chidi", "Dilys", "Ewa", "Farah", "Fiona",
		"Giulia", "Gurpreet", "Gwilym", "Hamza", "Hana", "Hodan", "Ifor", "Imogen", "Inês", "Ioana", "Jomo", "Jonas", "José",
		"Kasia", "Kofi", "Leila", "Linh", "Łucja", "Marek", "Mateus", "Morag", "Ngozi", "Nia", "Noor", "Oksana", "Olu", "Parveen",
		"Rasa", "Rhodri", "Rosalind", "Rubina", "Sam", "Selvi", "Shahid", "Siân", "Simran", "Sunita", "Tamsin", "Taras", "Tariq",
		"Temitope", "Una", "Vasile", "Wendy", "Yusra", "Zofia", "Zoë",
	}
	familyNames = []string{
		"Abara", "Al-Tamimi", "Achterberg", "Bernardi", "Bhatti", "Birkdale", "Brzoza", "Cartledge", "Chowdhary", "de Souza",
		"Dhanjal", "Dunmore", "Eastwell", "Everleigh", "Farrugia", "Fernihough", "Garnham", "Gilmartin", "Hollowell", "Hussaini",
		"Ibekwe", "Iremonger", "Jessop", "Kaminska", "Kowalczyk", "Lisowski", "Llanwern", "Marinescu", "Mistry", "Mutasa",
		"Ndlela", "O'Dwyer", "Obuya", "Osei-Bonsu", "Pathirana", "Pemberley", "Petrauskas", "Quaye", "Rădulescu", "Rathbone",
		"Sandhar", "Shevchuk", "Sivakumar", "Thorley", "Tumelty", "Umeh", "Varga", "Vasconcelos", "Warsame", "Wexcombe", "Xuereb",
		"Yardley", "Yildirim", "Zadeh", "Zielonka", "Ozkan",
	}
	mailHosts = []string{"post", "family", "home", "mailbox"}
)

// Languages other than English by how many people in England and Wales speak
// them (Census 2021), and Somali and Tamil for how many pupils do.
var (
	languages      = []string{"pl", "ro", "pa", "ur", "pt", "es", "ar", "bn", "gu", "it", "lt", "bg", "uk", "so", "ta"}
	languageShares = []float64{0.18, 0.14, 0.09, 0.11, 0.07, 0.06, 0.07, 0.07, 0.05, 0.04, 0.03, 0.03, 0.02, 0.02, 0.02}
)

// doNot is what must not be used for contacts who carry a flag, each as likely
// as the others.
var doNot = [][]string{
	{events.EveryChannel},
	{events.ChannelVoicemail},
	{events.ChannelCall, events.ChannelVoicemail},
	{events.ChannelSMS},
	{events.ChannelLetter},
	{events.ChannelEmail},
}

// What families get in touch about: words of officers, who see them; no child
// is named.
var abouts = []string{
	"Asks when the review meeting is.",
	"Left a message; please call back after school.",
	"Has not heard since the draft plan came.",
	"Asks who their officer is now.",
	"Transport did not come this morning.",
	"Wants to talk about the next school.",
	"Sends a report and asks that somebody reads it.",
	"Asks for a copy of the last letter.",
	"The teaching assistant has left; asks what happens now.",
	"Asks for the meeting to be moved.",
	"Worried about September.",
	"Would like a call, not a letter.",
}

var replyNotes = []string{"Called and talked it through.", "Wrote with the dates.", "Called; will meet next week.", "Sent the copy they asked for."}

var texts = []string{"Thank you", "ok thanks", "When will you call?", "Please ring after 3"}
