"""Decides nothing: which given names people use for one another. Read by ``match_evidence``; written for this project."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from tieout.reconcile.match_words import words

_GROUPS = """
abigail abby gail
abraham abe bram
adam ad
adelaide addie heidi
agnes aggie nessie
albert al bert bertie
alexander alex al alec sandy xander sasha lex
alexandra alex sandra sandy lexi alexa sasha
alfred al fred alf alfie
alice allie ali
alicia ali licia
allison allie ali alison
amanda mandy amy manda
amelia amy millie mel
andrew andy drew andreas andres
angela angie angelina angel
ann anne anna annie anita hanna nan nancy
anthony tony antonio anton ant
antoinette toni netta
arnold arnie
arthur art artie
augustus gus august augie
barbara barb barbie babs bobbie
bartholomew bart
beatrice bea trixie beatrix
benjamin ben benny benji
bernard bernie barney
bethany beth
bradley brad
brandon bran
brenda bren
brian bryan bryant
calvin cal
cameron cam
candace candy candice
carl karl charles carlos
carol caroline carolyn carrie carole caro
cassandra cassie sandra cass
catherine cathy kate katie kathy cate katherine kathryn cat kat kitty kay kathleen katharine catharine
cecilia cecil cece celia
charles charlie chuck chas chip carlos chaz
charlotte charlie lottie char
chester chet
christina chris tina christine chrissy kristina kris christy kristen kristin kristine
christopher chris topher kit kris
clarence clare clancy
clifford cliff
clifton cliff
clinton clint
constance connie
cornelius neil con
courtney court
curtis curt kurt
cynthia cindy
daniel dan danny
danielle dani
darlene darla
david dave davey davy
deborah deb debbie debra
dennis denny den
diana di diane dianne
dolores lola dee
dominic dom nick dominick
donald don donny donnie
dorothy dot dottie dolly
douglas doug
duane dwayne
edgar ed eddie
edmund ed eddie ned ted
edward ed eddie ned ted teddy eduardo
edwin ed eddie win
eleanor ellie nell nora ella elena lena
elizabeth liz beth betty eliza lisa liza libby lizzie betsy elisabeth bess elsie ellie
emily em emma millie
emmanuel manny manuel
eric rick erik erich
ernest ernie ernesto
eugene gene
evelyn eve evie
ezekiel zeke
florence flo flora
frances fran francie frankie fanny francesca
francis frank fran francisco
franklin frank
frederick fred freddy fritz rick fredrick frederic
gabriel gabe
gabrielle gabby gabriella
genevieve gen jenny viv
geoffrey geoff jeff jeffrey
george georgie jorge
gerald jerry gerry jerald
geraldine geri jerry
gerard gerry jerry
gilbert gil bert
glenn glen
gloria glo
grace gracie
gregory greg gregg
gretchen greta margaret
guillermo william bill memo
gwendolyn gwen wendy
harold harry hal hank
harriet hattie
harry harold henry
heather heath
helen nell ellen lena helena
henry hank harry hal enrique
herbert herb bert
howard howie
hubert bert hugh
ignatius iggy nacho ignacio
irene rene
isaac ike
isabel izzy bella belle isabelle isabella
jacob jake jack
jacqueline jackie jacquelyn
james jim jimmy jamie jem
janet jan jenny
janice jan
jasmine jaz
jason jay
jean jeanne jeannie joan
jeffrey jeff jeffery geoffrey geoff
jennifer jen jenny jenn
jeremiah jerry jeremy
jeremy jerry jem
jerome jerry
jessica jess jessie
jesse jess
jill gillian jillian
joan joanie jo joanna joanne
john jack johnny jon jonny juan jock
jonathan jon jonny nathan jonathon johnathan
jordan jordy
joseph joe joey jos jose pepe
josephine jo josie
joshua josh
joyce joy
juan john
judith judy judi
julia julie jules
julian jules
karen kari
katrina trina
katherine cathy kate katie kathy kat kitty kay kathryn catherine
kathleen cathy kate katie kathy kay
kathryn cathy kate katie kathy kay
kenneth ken kenny
kevin kev
kimberly kim kimmy
kristopher kris chris
lawrence larry lars laurence lorenzo
leah lea
leo leon
leonard leo len lenny
leroy lee roy
leslie les lesley
lewis lew louis lou
lillian lil lily lilly
linda lin lindy lynn
lindsay lindsey lin
lois lo
loretta etta lori
lorraine lori
louis lou louie luis lewis
louise lou lulu
lucille lucy lu
luke lucas lucas
lydia lyddie
madeline maddie maddy madeleine
malcolm mal
marcus mark marc
margaret maggie meg peggy marge margie rita greta peg megan madge daisy marguerite
maria mary marie
marilyn mari lynn
marjorie marge margie
mark marc marcus
martha marty patsy mattie
martin marty
marvin marv
mary molly polly mamie maria marie may
matilda tilda tilly
matthew matt matty mathew mateo
maureen mo
maurice mo morris moe
maxwell max
melanie mel
melissa mel missy lissa
melvin mel
michael mike mick mickey mikey micah miguel mitch mikhail
michelle shelly micki michele
mildred millie milly
miranda mandy randi
mitchell mitch
mohammed mohammad muhammad mohamed mohd
monica mona
nancy nan
natalie nat
natasha tasha
nathan nate nathaniel nat
nathaniel nate nathan nat
nicholas nick nicky nico nicolas
nicole nicki nikki
norman norm
oliver ollie
olivia liv livvy
oscar ozzie
pamela pam
patricia pat patty tricia trish patti
patrick pat paddy rick
paul pablo pauly
paula polly
penelope penny
percival percy
peter pete pedro
philip phil phillip pip
phyllis phyl
priscilla cilla
prudence pru
rachel rach rae rachael
ralph rafe
randall randy
randolph randy
raymond ray
rebecca becky becca reba
reginald reg reggie
regina gina
richard rick dick rich rob richie ricky ricardo rico
robert bob rob bobby robbie bert roberto robin
roberta bobbie berta
roderick rod rick
rodney rod
roger rodge
roland rollie
ronald ron ronnie
rosemary rose rosie
roxanne roxy
russell russ rusty
ruth ruthie
samantha sam sammy
samuel sam sammy
sandra sandy sandi
sara sarah sally sadie
scott scotty
sean shawn shaun
sebastian seb bas
sharon shari
sheila shelly
sherry cheryl sheryl sherri
shirley shirl
solomon sol
sophia sophie sofia
stanley stan
stephanie steph stevie
stephen steve steven stevie stefan esteban
steven steve stevie stephen
stewart stuart stu
debra deb debbie deborah
rebekah becky becca
jacquelyn jackie
laurence larry lars
frederic fred freddy
sara sally sadie sarah
susan sue susie suzy suzanne susanna
suzanne sue susan suzy
sylvester sly
sylvia sylvie
tabitha tabby
tamara tammy
tanya tonya
terence terry terrance terrence
teresa terry tess theresa tessa tracy
thaddeus thad ted
theodore ted teddy theo
theresa terry tess teresa
thomas tom tommy thom
timothy tim timmy
tobias toby
tracy trace tracey
valerie val
vanessa nessa
vernon vern
veronica ronnie vera roni
victor vic viktor
victoria vicky tori vickie vicki
vincent vince vinnie
violet vi
virginia ginny ginger
vivian viv
vladimir vlad
walter walt wally
wanda wendy
warren ren
wesley wes
wilbur will
wilfred fred will
wilhelmina mina willa
william will bill billy willie liam wilhelm
winifred winnie
yolanda yoli
yvonne von
zachary zach zack zachariah
"""


def _build() -> dict[str, frozenset[str]]:
    known: dict[str, set[str]] = defaultdict(set)
    for line in filter(None, _GROUPS.splitlines()):
        formal, *short = line.split()
        for one in short:
            known[formal].add(one)
            known[one].add(formal)
    return {name: frozenset(others) for name, others in known.items()}


NICKNAMES: Mapping[str, frozenset[str]] = _build()
"""Name -> the names it is used for or shortened to. Two short forms of one name do not stand for one another here:
*Rob* may be *Robert*, and *Bob* may be, but a *Rob* who is called *Bob* is too rare to assume."""

GIVEN_NAMES = frozenset(NICKNAMES) | words("""
    aaron adrian aidan aimee alan allen alejandro alma alvin amber amy ana andrea april ariel ashley audrey austin ava
    beth betty beverly blake bonnie brent bridget brittany brooke bruce bryce caitlin caleb carla carmen casey cheryl
    chloe claire claudia cody colin connor corey craig crystal dale dana darren dawn dean derek devin diego dominique
    donna dustin dylan earl ebony eileen elaine eli elijah ellen elsa erica erin esther ethan eva evan faith felicia
    felix fernando garrett gary gavin gina gladys gordon grant guy hannah hector holly hugo ian ingrid irma ivan jack
    jada jaime janelle jared javier jay jenna jerry jillian joann joaquin joel jorge jose joy juanita julio june justin
    kara kathy kayla keith kelly kelsey kendra kerry kim krista kyle lance larry laura lauren lee lena leticia logan
    lori lorenzo lucia luis luz lynn mackenzie marco marcia marcy mariana marie mario marissa marlene marsha mason
    maya megan mercedes mia miguel mindy miriam misty molly morgan myra nadia naomi neil nina noah noel nora norma omar
    pablo paige patsy pedro perry phoebe preston quinn rafael ramon raul renee reyna rhonda ricardo riley rita rosa
    rosalind ross roy ruben ryan sabrina salvador sally savannah sergio seth shane shannon sheri sherman simon sonia
    stacy stella summer sydney tara taylor ted tess tiffany todd travis trent trevor tristan tyler ursula vera vicki
    wade wayne wendy wyatt xavier yesenia zoe aisha amir arjun deepak fatima hiroshi ibrahim jin juan kenji lakshmi
    ling mei nikhil olga pavel priya rajesh ravi sanjay sergei sunil svetlana tatiana wei yusuf yuki igor dmitri ivanka
    hans heinz jurgen klaus lars nils sven bjorn erika ingeborg giovanni giulia luca paolo pierre jacques francois
    alison amir anil arlene beulah bobby bob brad caroline cathy chad christy claire clara corinne daisy danny darryl
    daryl delores derrick desiree don doris dorothea douglas dora edith edna eduardo elisa elise eloise emilio erika
    ethel eunice fred gail gene gilberto ginger giselle guadalupe gustavo harvey hazel hector henrietta hope horace ida
    ilene inez iris jackie jan jeanette jeannette jerald jill jim jimmy jo joanne johnnie jon jordan josefina julian juliet
    kari karl kate katie kay kayleigh kent kirk kristi kristy kurt lana larissa leigh leona lester lewis lila lionel lisa
    lloyd lola lora lorena luther lynette mable madison mae maggie marian marianne marla marlon marta maxine melody
    meredith milton mitch molly muriel myrtle nadine nellie nettie nolan olive opal otis patti pearl pauline peggy phil
    ramona randall reggie rene rex rick rob robin robyn rochelle roland roman ron rosie rudy salma sam sandy savanna
    shelby sheldon shelley sherrie sidney sierra sonja sonya stefanie stefan stephan steve sue susie sydney tabatha tami
    tasha terri tim tina toby tom toni tony traci tricia trisha tyrone vivienne wallace wendell wilma woodrow yvette
    """)
