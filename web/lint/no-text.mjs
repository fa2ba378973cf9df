// No text of the interface in code: it stands in the catalogues, features/*/messages/*.json (see README.md).

const PROPS = new Set(
  `label title placeholder alt aria-label aria-description description lead note hint what none caption heading text
  successMessage message submitLabel confirmLabel cancelLabel summary error suffix prefix unit empty action`.split(
    /\s+/,
  ),
);
/** Calls whose strings nobody reads: class names, keys, names of the platform. */
const QUIET_CALLS =
  /^(cn|cva|buttonStyle|require|import|get|set|has|append|getItem|setItem|removeItem|matchMedia|querySelector|querySelectorAll|addEventListener|removeEventListener|closest|startsWith|endsWith|includes|split|join|replace|replaceAll|matches|test|t|rich|common)$/;
const QUIET_ATTRIBUTES =
  /^(className|id|key|name|type|role|href|src|d|viewBox|points|transform|style|data-.*|aria-(labelledby|describedby|controls|live|current|haspopup|sort)|pattern|inputMode|autoComplete|rel|target|fill|stroke|strokeDasharray|wrapperStyle|variant|size|tone|align|side)$/;
/** The same in every language. */
const NAMES = new Set(
  `ARTi Facebook Spotify Instagram YouTube SoundCloud TikTok Google GitHub Slack Telegram Discord WhatsApp Twilio Stripe
  OpenAI UTC ISRC UPC CSV API APP SMS DE Ctrl Edg Edge Opera Firefox Chrome Safari Android Windows Mac OS Linux`.split(
    /\s+/,
  ),
);
/** Keys and headers: no texts where nobody reads them. */
const CODES = new Set(
  `Authorization Accept Enter Escape Tab Home End Backspace Delete ArrowUp ArrowDown ArrowLeft ArrowRight PageUp PageDown
  Content-Type X-Request-Id`.split(/\s+/),
);

const words = (text) => text.match(/\p{L}{2,}/gu) ?? [];
const onlyNames = (text) => words(text).every((word) => NAMES.has(word)) || NAMES.has(text.trim());

/** "Enter a title.", "Saved", "without a name", " of ": what a person would read. */
function isSentence(text) {
  const bare = text.trim();
  if (onlyNames(bare) || CODES.has(bare) || /^(https?:|\/|#|\.)|[{}<>=;]|_|\w\(/.test(bare)) return false;
  return (
    /^\p{Lu}\p{Ll}+('\p{Ll}+)?[.!?…]?$/u.test(bare) || (/\p{L}[\p{L}'’]*,? [\p{L}“„«(]/u.test(bare) && !classes(bare))
  );
}

/** Class names of Tailwind, as in "mt-1 flex". */
const classes = (text) =>
  text.split(/\s+/).every((part) => /^[a-z0-9-[\]():./!%&>*_,#]+$/.test(part)) &&
  /[a-z]-|[:[]|^(flex|grid|block|truncate|num)\b/.test(text);

const textOf = (node) =>
  node.type === "Literal" && typeof node.value === "string"
    ? [node.value]
    : node.type === "TemplateLiteral"
      ? node.quasis.map((quasi) => quasi.value.cooked)
      : [];

/** What the value belongs to, through conditions, concatenations and parentheses. */
function owner(node) {
  let at = node.parent;
  let child = node;
  while (
    at &&
    ((at.type === "ConditionalExpression" && at.test !== child) ||
      (at.type === "LogicalExpression" && (at.right === child || at.operator !== "&&")) ||
      (at.type === "BinaryExpression" && at.operator === "+") ||
      at.type === "TemplateLiteral" ||
      at.type === "TSAsExpression")
  ) {
    child = at;
    at = at.parent;
  }
  return at;
}

function within(node, found) {
  for (let at = node.parent; at; at = at.parent) {
    if (found(at)) return true;
    if (/Function|Program/.test(at.type)) return false;
  }
  return false;
}

const calleeName = (call) => call.callee?.property?.name ?? call.callee?.name ?? "";
const keyName = (property) => property.key?.name ?? property.key?.value;

function isQuiet(node) {
  return within(
    node,
    (at) =>
      (at.type === "JSXAttribute" && QUIET_ATTRIBUTES.test(at.name.name?.name ?? at.name.name)) ||
      (at.type === "CallExpression" && QUIET_CALLS.test(calleeName(at))) ||
      (at.type === "VariableDeclarator" && at.id.name === "metadata") || // of the export; see components/page-title.tsx
      (at.type === "NewExpression" && /Error|Format|URL|Event|RegExp/.test(calleeName(at))) ||
      (/^TS|^(Import|Export(All|Named))/.test(at.type) &&
        !/^TS(As|Satisfies|NonNull)/.test(at.type) &&
        !at.declaration),
  );
}

const comparison = (at) => at?.type === "BinaryExpression" || at?.type === "SwitchCase";

export default {
  meta: {
    type: "problem",
    schema: [],
    messages: { text: '“{{text}}” belongs into a catalogue: t("…"), see README.md.' },
  },
  create(context) {
    const report = (node, text) =>
      context.report({ node, messageId: "text", data: { text: text.trim().slice(0, 40) } });

    function checkValue(node) {
      const texts = textOf(node).filter((text) => words(text).length > 0);
      if (texts.length === 0 || node.parent.type === "ExpressionStatement" || isQuiet(node) || comparison(node.parent))
        return;
      const at = owner(node);
      if (at?.type === "Property" && at.key === node) return;
      const attribute = at?.type === "JSXExpressionContainer" ? at.parent : at;
      const named =
        (attribute?.type === "JSXAttribute" && PROPS.has(attribute.name.name?.name ?? attribute.name.name)) ||
        (at?.type === "Property" && PROPS.has(keyName(at)));
      const child = at?.type === "JSXExpressionContainer" && /^JSX(Element|Fragment)$/.test(at.parent.type);
      const bad = texts.find((text) =>
        named || child ? !onlyNames(text) && !classes(text) && !/^(https?:|\/)/.test(text) : isSentence(text),
      );
      if (bad !== undefined) report(node, bad);
    }

    return {
      JSXText(node) {
        if (words(node.value).length > 0 && !onlyNames(node.value)) report(node, node.value);
      },
      Literal: checkValue,
      TemplateLiteral: checkValue,
    };
  },
};
