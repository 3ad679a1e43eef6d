package events_test

import "time"

// today is the day on which the tests judge: a Monday in winter, so London is UTC.
var today = time.Date(2026, 11, 23, 9, 5, 0, 0, time.UTC)

// contractExample is the event that every service is shown first.
const contractExample = `{"specversion":"1.0","id":"7f3a","source":"/ehc-hub","type":"case.opened","subject":"H-10482","time":"2026-11-23T09:00:00Z",
 "datacontenttype":"application/json","data":{
  "team":"north","officer":"o.jane",
  "contacts":[{"id":"c1","name":"Sam Taylor","relationship":"parent","mobile":"+447700900123","email":"sam@family.example",
               "language":"en","prefers":["sms","email"],"do_not":[]}]}}`
