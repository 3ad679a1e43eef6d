package bench
import ("testing";"os";"slices";"time";"hearback/notifier/channel/standin";"hearback/notifier/stream";"path/filepath";"math/rand/v2";"strings";"fmt";"maps")
func TestDebugPair(t *testing.T){
 config:=testConfig(t); _=os.Stdout
 config.Env=append(config.Env,"HEARBACK_LOG_LEVEL=info")
 c,err:=open(config, days(), standin.TwilioFaults{Seed:1,ResetAfter:spoiltShare,ListingLag:listingLag}, standin.SMTPFaults{})
 if err!=nil{t.Fatal(err)}
 defer c.close()
 server,err:=stream.StartServer(stream.ServerConfig{Dir:filepath.Join(config.Dir,"nats"),Listen:"127.0.0.1:0"})
 if err!=nil{t.Fatal(err)}
 defer server.Close()
 p,err:=newPair(c,"nats://"+server.Addr())
 defer p.end()
 r:=newRush(c,p,300,drawLives(rand.New(rand.NewPCG(1,1)),1))
 t.Log(r.lives)
 err=r.run(t.Context())
 t.Log(err, time.Now())
 kill:=r.killed[0]
 for _,rep:=range p.replicas { for _,n:=range []string{"hearback_leading","hearback_commit_rounds_total","hearback_ledger_entries_total","hearback_commit_conflicts_total","hearback_commit_failures_total"} { t.Log(n, rep.metric(n)) } }
 count:=map[string]int{}
 c.reading(t.Context(), func(s *stream.Stream) error { return s.History(t.Context(), []string{"hearback.>"}, func(x stream.Record){ f:=strings.Split(x.Subject,"."); k:=fmt.Sprintf("%6.1f %s", x.Time.Sub(kill).Seconds(), f[1]); if f[1]=="leader" {k+=" "+string(x.Data)}; count[k]++ }) })
 for _,k:=range slices.Sorted(maps.Keys(count)){ t.Log(k,count[k])}
 heard:=map[string]time.Time{}
 for _,x:=range r.twilio.Received(){ k:=refIn.FindString(x.Body); if _,ok:=heard[k];!ok{heard[k]=x.Created}}
 for _,x:=range r.smtp.Received(){ k:=ref("F",familyOf(x.To)); if _,ok:=heard[k];!ok{heard[k]=x.At}}
 type w struct{i int; d time.Duration}
 var ws []w
 for i,at:=range r.stored{ ws=append(ws,w{i,heard[ref("F",i)].Sub(at)})}
 slices.SortFunc(ws,func(a,b w)int{return int(b.d-a.d)})
 for _,x:=range ws[:3]{ t.Log(x.i, byEmail(x.i), "wait",x.d,"stored",r.stored[x.i].Sub(kill),"heard",heard[ref("F",x.i)].Sub(kill))}
}
