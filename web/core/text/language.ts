/** What the step drafter knows of a language. Words are lower case; an unknown language has none of it. */

export interface Language {
  /** Sounds that mean nothing. */
  fillers: ReadonlySet<string>;
  /** Say that something new begins, at the start of a sentence. Longest first. */
  openers: readonly string[];
  /** Comment on what is there instead of doing something, at the start of a sentence. */
  comments: readonly string[];
  /** Forms of verbs that say what to do on a screen, in the imperative and with a subject. */
  actions: ReadonlySet<string>;
  /** Words that may stand before the verb of an instruction. */
  subjects: ReadonlySet<string>;
  /** Words that a title must not end with. */
  dangling: ReadonlySet<string>;
}

const words = (text: string): Set<string> => new Set(text.trim().split(/\s+/));
const phrases = (text: string): string[] =>
  text
    .split(',')
    .map((p) => p.trim())
    .sort((a, b) => b.length - a.length);

/** Base forms; their other forms are made by `verbForms`. */
export const englishVerbs = [
  ...words(`click press tap hit select choose pick open close go navigate head type enter fill write
    search scroll drag drop move switch toggle turn enable disable check tick uncheck untick add create
    make delete remove clear save copy paste download upload import export install run start launch stop
    set change rename edit expand collapse sign log submit send invite share confirm accept cancel return
    hover zoom publish assign filter sort apply connect insert attach refresh reload mark put drop drill
    visit jump use paste undo archive pin star schedule generate update configure adjust find build
    deploy commit merge highlight resize crop grab double-click right-click pull push print preview join
    leave mute finish review continue complete give allow grant attach browse unzip replace duplicate`),
];

const irregular: Record<string, string[]> = {
  go: ['goes', 'going', 'went', 'gone'],
  choose: ['chooses', 'choosing', 'chose', 'chosen'],
  make: ['makes', 'making', 'made'],
  find: ['finds', 'finding', 'found'],
  write: ['writes', 'writing', 'wrote', 'written'],
  run: ['runs', 'running', 'ran'],
  send: ['sends', 'sending', 'sent'],
  give: ['gives', 'giving', 'gave', 'given'],
  // Not "left": that is nearly always a side.
  leave: ['leaves', 'leaving'],
  build: ['builds', 'building', 'built'],
  undo: ['undoes', 'undoing', 'undid', 'undone'],
};
/** Their last consonant is doubled before -ing and -ed (or they do not change in the past). */
const doubling = words(`tap hit drag drop stop set submit log pin grab cut put crop run unzip`);
const unchanged = words(`hit set put`);

/** Every form of an English verb, the base first. */
export function verbForms(base: string): string[] {
  const known = irregular[base];
  if (known) return [base, ...known];
  const last = base.at(-1)!;
  const third = /(s|x|z|ch|sh)$/.test(base)
    ? `${base}es`
    : /[^aeiou]y$/.test(base)
      ? `${base.slice(0, -1)}ies`
      : `${base}s`;
  const stem = doubling.has(base) ? base + last : base.replace(/e$/, '');
  const past = unchanged.has(base)
    ? base
    : /[^aeiou]y$/.test(base)
      ? `${base.slice(0, -1)}ied`
      : `${stem}ed`;
  return [base, third, `${stem}ing`, past];
}

/** From any form of a known English verb to its base. */
export const englishBase: ReadonlyMap<string, string> = new Map(
  englishVerbs.flatMap((base) => verbForms(base).map((form) => [form, base] as const)),
);

const en: Language = {
  fillers: words('um uh er erm uhm umm uhh hmm hm mm mhm ah eh'),
  openers:
    phrases(`first, first of all, firstly, to start, to begin, to begin with, let's start, let's begin,
    second, secondly, third, thirdly, next, next up, the next step, the first step, the second step,
    the last step, the next thing, the first thing, then, and then, now, and now, so now, okay now,
    after that, after this, afterwards, from here, from there, once that's done, once you're done,
    when that's done, finally, and finally, lastly, at last, last, step one, step two, step three,
    step four, step five, step six, step seven, step eight, moving on, let's move on, another`),
  comments:
    phrases(`here you can see, here we can see, here you see, as you can see, you can see, you'll see,
    we can see, now you can see, now we can see, you see, you'll notice, you should see, you should now see,
    we should see, this is, that is, that's it, that's, this shows, this means, this will, it will, it's,
    it is, note that, notice, there you go, there we go, here we have, here we are, which, because,
    and that's, and there, there is, there are, there's, great, perfect, so this is, and this is, thanks,
    thank you, we're done, you're done, i hope, remember, keep in mind`),
  actions: new Set(englishBase.keys()),
  subjects: words(`i we you let's lets i'll we'll you'll i'm we're you're i've we've you've i'd we'd
    you'd to going gonna want wanna need have has should must will would just simply also please can
    could let us me go ahead and start by begin now then again quickly like am are got gotta be try
    here first next so okay ok alright do`),
  dangling:
    words(`a an the this that these those my your our their his her its and or but so to of in on
    at by for with from into onto as is are was be it i we you they he she which who where when if because
    than then up-to can will would should could very really just about over under like not no all any
    some here's there's going want need have has and/or via per also`),
};

const de: Language = {
  fillers: words('äh ähm öh öhm hm hmm mhm äähm eh'),
  openers:
    phrases(`zuerst, zunächst, als erstes, als nächstes, als letztes, dann, und dann, danach, anschließend,
    jetzt, und jetzt, nun, nachdem, im nächsten schritt, im ersten schritt, erstens, zweitens, drittens,
    schließlich, zum schluss, zuletzt, abschließend, nun gut`),
  comments:
    phrases(`hier sieht man, hier sehen sie, hier siehst du, wie man sieht, wie sie sehen, wie du siehst,
    man sieht, das ist, dies ist, das bedeutet, das heißt, es gibt, hier haben wir, da ist, vielen dank`),
  actions:
    words(`klicke klick klicken klickt drücke drücken drückt wähle wählen wählt öffne öffnen öffnet gehe
    geh gehen geht gib gebe geben gibt tippe tippen tippt schreibe schreiben suche suchen scrolle scrollen
    ziehe ziehen speichere speichern lösche löschen erstelle erstellen füge fügen ändere ändern schließe
    schließen bestätige bestätigen sende senden schicke schicken lade laden aktiviere aktivieren
    deaktiviere deaktivieren starte starten melde melden wechsle wechseln navigiere navigieren setze setzen
    kopiere kopieren teile teilen markiere markieren trage tragen anklicken auswählen eingeben einfügen`),
  subjects:
    words(`ich wir sie du man jetzt nun dann hier auf den die das dem einfach bitte als nächstes
    zuerst zunächst danach und möchte möchten will wollen kann können muss müssen sollte werde werden`),
  dangling:
    words(`der die das den dem des ein eine einen einem einer eines und oder aber auf in an zu zum
    zur mit von für bei aus nach über unter vor hier mein meine dein deine ihr ihre unser unsere ich wir sie
    du man es ist sind wird werden dass weil wenn`),
};

const fr: Language = {
  fillers: words('euh heu hum hmm mh bah'),
  openers:
    phrases(`d'abord, tout d'abord, premièrement, pour commencer, ensuite, et ensuite, puis, et puis,
    maintenant, et maintenant, après, après cela, après ça, une fois, à présent, enfin, finalement, pour finir,
    pour terminer, deuxièmement, la prochaine étape, l'étape suivante`),
  comments:
    phrases(`ici on voit, on voit, on peut voir, vous voyez, vous pouvez voir, comme vous le voyez, c'est,
    ceci est, voici, voilà, il y a, cela signifie, ça veut dire, merci`),
  actions:
    words(`cliquez clique cliquer cliquons appuyez appuie appuyer ouvrez ouvre ouvrir ouvrons allez va
    aller vais allons choisissez choisis choisir sélectionnez sélectionne sélectionner saisissez saisis saisir
    tapez tape taper entrez entrer entre écrivez écrire cherchez chercher recherchez rechercher ajoutez ajoute
    ajouter supprimez supprime supprimer enregistrez enregistre enregistrer fermez ferme fermer modifiez modifie
    modifier créez crée créer envoyez envoie envoyer partagez partager téléchargez télécharger activez activer
    désactivez désactiver cochez coche cocher faites glissez glisser copiez copier collez coller validez valider
    confirmez confirmer connectez connecter remplissez remplir retournez retourner`),
  subjects:
    words(`je j' on nous vous tu il faut vais va allez allons puis ensuite maintenant et de devez peux
    pouvez voulez veux donc alors ici simplement juste`),
  dangling:
    words(`le la les l' un une des du de d' et ou mais à au aux en dans sur sous par pour avec sans mon ma
    mes ton ta tes votre vos notre nos son sa ses ce cet cette ces qui que où je vous nous on il elle est sont`),
};

const es: Language = {
  fillers: words('eh em ehm mm hmm este'),
  openers:
    phrases(`primero, en primer lugar, para empezar, luego, y luego, después, y después, después de eso,
    ahora, y ahora, a continuación, entonces, una vez, finalmente, por último, segundo, en segundo lugar,
    el siguiente paso, el primer paso, el último paso`),
  comments:
    phrases(`aquí se ve, aquí pueden ver, aquí puedes ver, como pueden ver, como puedes ver, se puede ver,
    podemos ver, vemos, esto es, esta es, este es, es, hay, significa, gracias, eso es todo`),
  actions:
    words(`haz haga hacer hacemos clic pulsa pulse pulsar presiona presione presionar abre abra abrir
    abrimos ve vaya ir vamos elige elija elegir selecciona seleccione seleccionar seleccionamos escribe escriba
    escribir introduce introduzca introducir ingresa ingrese ingresar busca busque buscar añade añada añadir
    agrega agregue agregar elimina elimine eliminar borra borre borrar guarda guarde guardar cierra cierre
    cerrar cambia cambie cambiar crea cree crear envía envíe enviar comparte comparta compartir descarga
    descargue descargar activa active activar desactiva desactivar marca marque marcar arrastra arrastre
    arrastrar copia copie copiar pega pegue pegar confirma confirme confirmar inicia inicie iniciar rellena`),
  subjects:
    words(`yo nosotros tú usted voy vamos va a y de que debe debes puede puedes tiene tienes quiero
    quieres hay ahora luego después entonces aquí simplemente solo primero`),
  dangling:
    words(`el la los las un una unos unas y o pero de del a al en con sin por para sobre mi tu su
    nuestro nuestra sus mis tus que quien donde cuando si yo es son se lo`),
};

const none: Language = {
  fillers: new Set(),
  openers: [],
  comments: [],
  actions: new Set(),
  subjects: new Set(),
  dangling: new Set(),
};
const table: Record<string, Language> = { en, de, fr, es };

/** By BCP 47 primary subtag. */
export const languageOf = (code: string): Language =>
  table[code.split('-')[0]!.toLowerCase()] ?? none;

/** Lower case, typographic apostrophes made plain, punctuation around the word taken off. */
export const bare = (word: string): string =>
  word
    .toLowerCase()
    .replaceAll('’', "'")
    .replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, '');
